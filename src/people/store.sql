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

-- name: instance_rows () -> one (n bigint)
SELECT COUNT(*) AS n FROM instance;

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

-- People who hold the unit's newest key and are members, so that an end by date is seen before the job acts.
-- name: members_of_unit (unit id, now bigint) -> members
SELECT {m.*} FROM members m
WHERE m.unit = :unit AND m.since <= :now AND (m.until IS NULL OR m.until > :now)
ORDER BY m.since, m."user" LIMIT 500;

-- Rows of one person in one unit that have not ended for good: the present one, and those that end later.
-- name: membership_open (unit id, user id, now bigint) -> members
SELECT {m.*} FROM members m
WHERE m.unit = :unit AND m."user" = :user AND (m.until IS NULL OR m.until > :now) LIMIT 20;

-- name: member_keys_of (unit id, user id) -> member_keys
SELECT {k.*} FROM member_keys k WHERE k.unit = :unit AND k."user" = :user LIMIT 5000;

-- Units of which a person holds keys.
-- name: units_held (user id) -> (unit id)
SELECT k.unit AS unit FROM member_keys k WHERE k."user" = :user GROUP BY k.unit LIMIT 100;

-- Who holds keys of a unit without being a member any more: the end of the membership has passed.
-- name: memberships_over (now bigint) -> (unit id, user id)
SELECT m.unit AS unit, m."user" AS "user" FROM members m
WHERE m.until IS NOT NULL AND m.until <= :now
  AND EXISTS (SELECT 1 FROM member_keys k WHERE k.unit = m.unit AND k."user" = m."user")
  AND NOT EXISTS (SELECT 1 FROM members o WHERE o.unit = m.unit AND o."user" = m."user" AND (o.until IS NULL OR o.until > :now))
GROUP BY m.unit, m."user" LIMIT 50;

-- name: admissions_of_unit (unit id) -> admissions
SELECT {a.*} FROM admissions a WHERE a.unit = :unit ORDER BY a.set_at, a."user" LIMIT 200;

-- name: admissions_of_user (user id) -> admissions
SELECT {a.*} FROM admissions a WHERE a."user" = :user ORDER BY a.set_at, a.unit LIMIT 50;

-- name: units_of_org (org id) -> units
SELECT {u.*} FROM units u WHERE u.org = :org ORDER BY u.name, u.id LIMIT 1000;

-- name: users_of_org (org id) -> users
SELECT {u.*} FROM users u WHERE u.org = :org ORDER BY u.name, u.id LIMIT 5000;

-- name: organisations_all () -> organisations
SELECT {o.*} FROM organisations o ORDER BY o.name, o.id LIMIT 15000;

-- name: users_of_org_after (org id, name text, after id) -> users
SELECT {u.*} FROM users u WHERE u.org = :org AND (u.name > :name OR (u.name = :name AND u.id > :after)) ORDER BY u.name, u.id LIMIT 51;

-- Roles that have not ended, those to come among them.
-- name: roles_open (user id, now bigint) -> roles
SELECT {r.*} FROM roles r WHERE r."user" = :user AND (r.until IS NULL OR r.until > :now) ORDER BY r.since, r.role LIMIT 50;

-- name: names_of (subject id) -> names
SELECT {n.*} FROM names n WHERE n.subject = :subject ORDER BY n.since LIMIT 200;

-- Names that were to begin by now and are not written into their organisation or unit yet.
-- name: names_begun (now bigint) -> names
SELECT {n.*} FROM names n LEFT JOIN organisations o ON o.id = n.subject LEFT JOIN units u ON u.id = n.subject
WHERE n.until IS NULL AND n.since > 0 AND n.since <= :now
  AND (o.name <> n.name OR (u.id IS NOT NULL AND (u.name <> n.name OR u.org <> n.org)))
LIMIT 100;

-- name: proposals_waiting () -> proposals
SELECT {p.*} FROM proposals p WHERE p.outcome = 'waiting' ORDER BY p.set_at, p.id LIMIT 500;

-- name: proposals_of_org (org id) -> proposals
SELECT {p.*} FROM proposals p WHERE p.org = :org ORDER BY p.set_at DESC, p.id LIMIT 500;

-- name: proposals_about (object id) -> proposals
SELECT {p.*} FROM proposals p WHERE p.object = :object ORDER BY p.set_at DESC, p.id LIMIT 200;

-- Organisations whose merger is confirmed and has come, and that still own something.
-- name: mergers_due (now bigint) -> proposals
SELECT {p.*} FROM proposals p
WHERE p.outcome = 'confirmed' AND p.kind = 'merger' AND p.since <= :now
  AND (EXISTS (SELECT 1 FROM units u WHERE u.org = p.object) OR EXISTS (SELECT 1 FROM users s WHERE s.org = p.object)
       OR EXISTS (SELECT 1 FROM services v WHERE v.org = p.object))
LIMIT 20;

-- name: services_of_org (org id) -> services
SELECT {s.*} FROM services s WHERE s.org = :org ORDER BY s.rank, s.id LIMIT 500;

-- name: org_counts (org id) -> one (units bigint, people bigint, routes bigint, services bigint, waiting bigint)
SELECT (SELECT COUNT(*) FROM units u WHERE u.org = :org) AS units,
       (SELECT COUNT(*) FROM users p WHERE p.org = :org AND p.state <> 'left') AS people,
       (SELECT COUNT(*) FROM routes r JOIN units u ON u.id = r.unit WHERE u.org = :org) AS routes,
       (SELECT COUNT(*) FROM services s WHERE s.org = :org AND s.until IS NULL) AS services,
       (SELECT COUNT(*) FROM admissions a JOIN units u ON u.id = a.unit WHERE u.org = :org) AS waiting;

-- name: names_all () -> names
SELECT {n.*} FROM names n ORDER BY n.subject, n.since LIMIT 20000;

-- name: mergers_all () -> proposals
SELECT {p.*} FROM proposals p WHERE p.outcome = 'confirmed' AND p.kind = 'merger' ORDER BY p.since LIMIT 5000;

-- How many hold the newest key of each confirmed unit of an organisation, the fewest first.
-- name: holders_of_org (org id, now bigint) -> (unit id, n bigint)
SELECT u.id AS unit, COUNT(k."user") AS n FROM units u
LEFT JOIN member_keys k ON k.unit = u.id AND k.epoch = u.epoch
  AND EXISTS (SELECT 1 FROM members m WHERE m.unit = k.unit AND m."user" = k."user" AND m.since <= :now AND (m.until IS NULL OR m.until > :now))
WHERE u.org = :org AND u.confirmed_by IS NOT NULL
GROUP BY u.id ORDER BY n, u.id LIMIT 1000;

-- name: keys_of_epoch (unit id, epoch bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM member_keys k WHERE k.unit = :unit AND k.epoch = :epoch;

-- name: token_of_hash (hash bytea) -> one tokens
SELECT {t.*} FROM tokens t WHERE t.hash = :hash;

-- name: tokens_all () -> tokens
SELECT {t.*} FROM tokens t ORDER BY t.id LIMIT 1000;

-- A witness that signed an older tree meanwhile does not push back a newer one.
-- name: cosignature_set (token id, name text, size bigint, at bigint, line text) -> changed
INSERT INTO cosignatures (token, name, size, at, line) VALUES (:token, :name, :size, :at, :line)
ON CONFLICT (token) DO UPDATE SET name = excluded.name, size = excluded.size, at = excluded.at, line = excluded.line
WHERE cosignatures.size <= excluded.size;

-- name: cosignatures_all () -> (token id, name text, size bigint, at bigint, line text)
SELECT token, name, size, at, line FROM cosignatures ORDER BY name, token LIMIT 100;

-- name: cosignature_end (token id) -> changed
DELETE FROM cosignatures WHERE token = :token;

-- name: recovery_keys_of (org id) -> recovery_keys
SELECT {k.*} FROM recovery_keys k WHERE k.org = :org ORDER BY k.no DESC LIMIT 500;

-- name: recovery_trustees_of (org id, no bigint) -> recovery_trustees
SELECT {t.*} FROM recovery_trustees t WHERE t.org = :org AND t.no = :no ORDER BY t.place LIMIT 3;

-- A person's own share of the present key.
-- name: recovery_trustee_me (org id, trustee id) -> recovery_trustees
SELECT {t.*} FROM recovery_trustees t JOIN recovery_keys k ON k.org = t.org AND k.no = t.no AND k.state = 'present'
WHERE t.org = :org AND t.trustee = :trustee LIMIT 2;

-- name: recovery_shares_of (org id, no bigint) -> recovery_shares
SELECT {s.*} FROM recovery_shares s WHERE s.org = :org AND s.ceremony = :no LIMIT 10;

-- name: unit_keys_of_org (org id) -> unit_keys
SELECT {k.*} FROM unit_keys k JOIN units u ON u.id = k.unit WHERE u.org = :org ORDER BY k.unit, k.epoch LIMIT 20000;

-- name: unit_keys_of (unit id) -> unit_keys
SELECT {k.*} FROM unit_keys k WHERE k.unit = :unit ORDER BY k.epoch LIMIT 5000;

-- Keys that a person holds and that the organisation's recovery key does not open yet.
-- name: unit_keys_uncovered (user id) -> unit_keys
SELECT {k.*} FROM member_keys m JOIN unit_keys k ON k.unit = m.unit AND k.epoch = m.epoch AND k.recovery IS NULL
JOIN units u ON u.id = k.unit JOIN organisations o ON o.id = u.org AND o.rpk IS NOT NULL
WHERE m."user" = :user ORDER BY k.unit, k.epoch LIMIT 100;

-- name: recoveries_of_org (org id) -> recoveries
SELECT {r.*} FROM recoveries r WHERE r.org = :org ORDER BY r.asked_at DESC, r.id LIMIT 50;

-- name: recoveries_waiting (org id, since bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM recoveries r WHERE r.org = :org AND r.outcome = 'waiting' AND r.asked_at > :since;

-- name: recovery_typed_of (recovery id) -> recovery_typed
SELECT {t.*} FROM recovery_typed t WHERE t.recovery = :recovery ORDER BY t.trustee, t.reader LIMIT 20;

-- name: people_active (org id) -> one (n bigint)
SELECT COUNT(*) AS n FROM users u WHERE u.org = :org AND u.state = 'active';

-- Units that have had members and whose present key nobody holds.
-- name: units_lost (org id, now bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM units u WHERE u.org = :org AND u.epoch > 0
  AND NOT EXISTS (SELECT 1 FROM member_keys k
                  JOIN members m ON m.unit = k.unit AND m."user" = k."user" AND m.since <= :now AND (m.until IS NULL OR m.until > :now)
                  JOIN users p ON p.id = k."user" AND p.state = 'active'
                  WHERE k.unit = u.id AND k.epoch = u.epoch);

-- People of an organisation whom a role names today; whether it holds is looked at row by row.
-- name: people_of_role (org id, role text, now bigint) -> users
SELECT {u.*} FROM users u
WHERE u.org = :org AND u.state <> 'left'
  AND EXISTS (SELECT 1 FROM roles r WHERE r."user" = u.id AND r.role = :role AND r.since <= :now AND (r.until IS NULL OR r.until > :now))
ORDER BY u.login LIMIT 5000;

-- The same in the whole house: asked when an account is given anew or shut.
-- name: people_of_role_all (role text, now bigint) -> users
SELECT {u.*} FROM users u
WHERE u.state <> 'left'
  AND EXISTS (SELECT 1 FROM roles r WHERE r."user" = u.id AND r.role = :role AND r.since <= :now AND (r.until IS NULL OR r.until > :now))
ORDER BY u.login LIMIT 5000;

-- Units of `other` in which `user` is as well, or waits.
-- name: units_shared (user id, other id, now bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM members m
WHERE m."user" = :other AND m.since <= :now AND (m.until IS NULL OR m.until > :now)
  AND (EXISTS (SELECT 1 FROM members o WHERE o.unit = m.unit AND o."user" = :user AND o.since <= :now AND (o.until IS NULL OR o.until > :now))
       OR EXISTS (SELECT 1 FROM admissions a WHERE a.unit = m.unit AND a."user" = :user));

-- Accounts that the operator gave anew at the console.
-- name: proposals_anew (org id, everywhere bigint, since bigint) -> proposals
SELECT {p.*} FROM proposals p
WHERE p.outcome = 'done' AND p.set_at > :since AND (p.org = :org OR :everywhere = 1) ORDER BY p.set_at DESC, p.id LIMIT 20;
