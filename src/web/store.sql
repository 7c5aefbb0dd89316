-- Sessions: plain rows, sealed with what only the browser's cookie knows (SECURITY.md, SESSION).

-- name: session_by_sid (sid bytea) -> one (who id?, sealed bytea, until bigint)
SELECT who, sealed, until FROM sessions WHERE sid = :sid;

-- name: session_insert (sid bytea, who id?, sealed bytea, until bigint) -> done
INSERT INTO sessions (sid, who, sealed, until) VALUES (:sid, :who, :sealed, :until);

-- name: session_update (sid bytea, sealed bytea, until bigint) -> changed
UPDATE sessions SET sealed = :sealed, until = :until WHERE sid = :sid;

-- name: session_delete (sid bytea) -> done
DELETE FROM sessions WHERE sid = :sid;

-- name: sessions_delete_of (who id) -> done
DELETE FROM sessions WHERE who = :who;

-- name: sessions_delete_before (now bigint) -> done
DELETE FROM sessions WHERE until < :now;

-- Tokens of forms that create something: claimed before, led to afterwards.
-- name: once_claim (id bytea, empty bytea, now bigint, until bigint) -> changed
INSERT INTO idem (id, sealed, until) VALUES (:id, :empty, :until)
ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, until = excluded.until WHERE idem.until <= :now;

-- name: once_get (id bytea, now bigint) -> one (sealed bytea)
SELECT sealed FROM idem WHERE id = :id AND until > :now;

-- name: once_done (id bytea, sealed bytea, until bigint) -> done
UPDATE idem SET sealed = :sealed, until = :until WHERE id = :id;

-- name: once_drop (id bytea) -> done
DELETE FROM idem WHERE id = :id;

-- One for each person and form, sealed for its writer.
-- name: draft_get (user id, form text) -> one (sealed bytea)
SELECT sealed FROM drafts WHERE "user" = :user AND form = :form;

-- name: drafts_of (user id, prefix text) -> (form text, sealed bytea)
SELECT form, sealed FROM drafts WHERE "user" = :user AND form LIKE :prefix || '%' ORDER BY form DESC LIMIT 16;

-- name: draft_put (user id, form text, sealed bytea) -> done
INSERT INTO drafts ("user", form, sealed) VALUES (:user, :form, :sealed)
ON CONFLICT ("user", form) DO UPDATE SET sealed = excluded.sealed;

-- name: draft_end (user id, form text) -> done
DELETE FROM drafts WHERE "user" = :user AND form = :form;
