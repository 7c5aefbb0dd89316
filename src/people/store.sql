-- name: user_of_login (login text) -> one users
SELECT {u.*} FROM users u WHERE u.login = :login;

-- name: members_of_user (user id, now bigint) -> members
SELECT {m.*} FROM members m
WHERE m."user" = :user AND m.since <= :now AND (m.until IS NULL OR m.until > :now)
ORDER BY m.unit LIMIT 17;

-- name: roles_of_user (user id, now bigint) -> roles
SELECT {r.*} FROM roles r
WHERE r."user" = :user AND r.since <= :now AND (r.until IS NULL OR r.until > :now)
ORDER BY r.role LIMIT 17;

-- name: member_key_of (unit id, epoch bigint, user id) -> one member_keys
SELECT {k.*} FROM member_keys k WHERE k.unit = :unit AND k.epoch = :epoch AND k."user" = :user;

-- Members of the unit's present epoch: a unit is fit when there is one.
-- name: holders_of_unit (unit id, epoch bigint, now bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM member_keys k
JOIN members m ON m.unit = k.unit AND m."user" = k."user" AND m.since <= :now AND (m.until IS NULL OR m.until > :now)
JOIN users u ON u.id = k."user" AND u.state = 'active'
WHERE k.unit = :unit AND k.epoch = :epoch;

-- The newest wins; a step that is not newer than the last used one changes nothing.
-- name: totp_use (user id, step bigint) -> changed
INSERT INTO totp_used ("user", step) VALUES (:user, :step)
ON CONFLICT ("user") DO UPDATE SET step = :step WHERE totp_used.step < :step;

-- name: invite_of_hash (hash bytea) -> one invites
SELECT {i.*} FROM invites i WHERE i.hash = :hash;

-- name: invites_of_user (user id) -> invites
SELECT {i.*} FROM invites i WHERE i."user" = :user LIMIT 200;

-- name: organisation_of_code (code text) -> one organisations
SELECT {o.*} FROM organisations o WHERE o.code = :code;

-- name: the_instance () -> one instance
SELECT {i.*} FROM instance i LIMIT 1;

-- name: users_all () -> users
SELECT {u.*} FROM users u ORDER BY u.login LIMIT 5000;

-- name: sessions_end_of_user (user id) -> done
DELETE FROM sessions WHERE who = :user;

-- Ids that the log's filter looks for.
-- name: user_id (login text) -> one (id id)
SELECT id FROM users WHERE login = :login;

-- name: case_of_ref (ref text) -> one (id id)
SELECT id FROM cases WHERE ref = :ref;

-- name: case_of_number (year bigint, no bigint) -> one (id id)
SELECT case_id AS id FROM casefiles WHERE year = :year AND no = :no;

-- name: organisations_all () -> organisations
SELECT {o.*} FROM organisations o ORDER BY o.name LIMIT 5000;
