-- name: verdicts_of (seen id) -> verdicts
SELECT {v.*} FROM verdicts v WHERE v.seen = :seen ORDER BY v.no LIMIT 20;

-- name: verdicts_today (by id, since bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM verdicts WHERE "by" = :by AND at >= :since;

-- Pairs of which the second person did not see the first verdict.
-- name: verdict_pairs (since bigint) -> (first text, second text, n bigint)
SELECT a.verdict AS first, b.verdict AS second, COUNT(*) AS n
FROM verdicts a JOIN verdicts b ON b.seen = a.seen AND b.no = 2
WHERE a.blind = 1 AND a.no = 1 AND a.at >= :since GROUP BY a.verdict, b.verdict;

-- name: review_after () -> one (after id)
SELECT after FROM review_work WHERE no = 1;

-- name: review_after_put (after id) -> done
INSERT INTO review_work (no, after) VALUES (1, :after) ON CONFLICT (no) DO UPDATE SET after = :after;

-- Ids alone: things in the order in which they came (ids of partners' things begin with their time).
-- name: review_seen_between (after id, before id) -> (id id)
SELECT id FROM seen WHERE id > :after AND id < :before ORDER BY id LIMIT 200;
