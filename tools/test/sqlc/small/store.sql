-- Everything that a .sql file can say.

-- Cases of one person,
-- the newest first.
-- name: cases_of (user id, after bigint?) -> cases
SELECT {c.*} FROM cases c
WHERE c."user" = :user AND c."default" > COALESCE(:after, 0)   -- :no_parameter in a comment
ORDER BY c.id LIMIT 50;

-- name: case_by_id (id id) -> one cases
SELECT {c.*} FROM cases c WHERE c.id = :id;

-- name: cases_count () -> one (n bigint, text text)
SELECT COUNT(*) AS n, 'it''s :no "parameter"; here' AS text FROM cases;

-- name: visit_add (case_id id, day bigint,
--                  seal bytea) -> done
INSERT INTO visits (case_id, day, seal) VALUES (:case_id, :day, :seal);

-- name: visits_end (day bigint) -> changed
DELETE FROM visits WHERE day < :day;
-- name: visits_end (postgres)
DELETE FROM visits v USING cases c WHERE c.id = v.case_id AND v.day < :day + 0::bigint;

-- name: visits_of (case_id id) -> visits
SELECT {v.*} FROM visits v WHERE v.case_id = :case_id;

-- name: visits_move (from bigint, to bigint) -> (case_id id, day bigint)
UPDATE visits SET day = :to WHERE day = :from RETURNING case_id, day;

-- name: visits_each () -> each (seal bytea, note text?)
SELECT v.seal, c.note FROM visits v JOIN cases c ON c.id = v.case_id;
