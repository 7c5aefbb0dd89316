-- Every table of the vault's design (SECURITY.md). One dialect for both databases: the loader turns BYTEA and BIGINT into
-- BLOB and INTEGER for SQLite and makes each table STRICT. Logged tables end in kgen, mac: tools/sqlc knows them by that,
-- and only ledger/ writes them. A BYTEA is an id of 16 bytes where it is called id, refers to one, or its check says so.
-- Times are milliseconds UTC; `day` is the start of a local day.

CREATE TABLE instance (
    origin TEXT NOT NULL PRIMARY KEY,
    rep_salt BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- people -----------------------------------------------------------------------------------------------------------------

CREATE TABLE organisations (
    id BYTEA NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- hotline, police, commune, school, health, ngo, platform, ministry
    rpk BYTEA,                          -- opens with the recovery shares alone
    confirmed_by BYTEA CHECK (length(confirmed_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

CREATE TABLE units (
    id BYTEA NOT NULL PRIMARY KEY,
    org BYTEA NOT NULL REFERENCES organisations,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- hotline, police, commune, national ...
    epoch BIGINT NOT NULL,              -- 0: no member yet, so no key
    confirmed_by BYTEA CHECK (length(confirmed_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

CREATE TABLE unit_keys (
    unit BYTEA NOT NULL REFERENCES units,
    epoch BIGINT NOT NULL,
    opk BYTEA NOT NULL,
    recovery BYTEA,                     -- the unit's secret key, wrapped to the organisation's rpk
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (unit, epoch));

CREATE TABLE users (
    id BYTEA NOT NULL PRIMARY KEY,
    org BYTEA NOT NULL REFERENCES organisations,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    xpk BYTEA,                          -- NULL until the person has set a password
    state TEXT NOT NULL,                -- invited, active, left
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

CREATE TABLE user_secrets (
    "user" BYTEA NOT NULL PRIMARY KEY REFERENCES users,
    salt BYTEA NOT NULL,
    ops BIGINT NOT NULL,
    mem BIGINT NOT NULL,
    bundle BYTEA NOT NULL,
    rec_bundle BYTEA NOT NULL,
    totp BYTEA NOT NULL,
    pgen BIGINT NOT NULL,               -- line of the key file that bundle needs
    rgen BIGINT NOT NULL,               -- and rec_bundle: the recovery code lies on paper, so signing in cannot move it
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

CREATE TABLE members (
    unit BYTEA NOT NULL REFERENCES units,
    "user" BYTEA NOT NULL REFERENCES users,
    since BIGINT NOT NULL,
    until BIGINT,
    admitted_by BYTEA CHECK (length(admitted_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (unit, "user", since));
CREATE INDEX members_by_user ON members ("user");

CREATE TABLE member_keys (
    unit BYTEA NOT NULL,
    epoch BIGINT NOT NULL,
    "user" BYTEA NOT NULL REFERENCES users,
    sealed BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (unit, epoch, "user"),
    FOREIGN KEY (unit, epoch) REFERENCES unit_keys);
CREATE INDEX member_keys_by_user ON member_keys ("user");

CREATE TABLE roles (
    org BYTEA NOT NULL REFERENCES organisations,
    "user" BYTEA NOT NULL REFERENCES users,
    role TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    set_by BYTEA CHECK (length(set_by) = 16),
    confirmed_by BYTEA CHECK (length(confirmed_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (org, "user", role, since));
CREATE INDEX roles_by_user ON roles ("user");

CREATE TABLE recovery_shares (
    org BYTEA NOT NULL REFERENCES organisations,
    ceremony BIGINT NOT NULL,
    trustee BYTEA NOT NULL CHECK (length(trustee) = 16),
    sealed BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (org, ceremony, trustee));

CREATE TABLE tokens (
    id BYTEA NOT NULL PRIMARY KEY,
    org BYTEA NOT NULL REFERENCES organisations,
    hash BYTEA NOT NULL UNIQUE,
    scope TEXT NOT NULL,                -- what it may do: words of people/tokens.c, a blank between them
    key BYTEA,                          -- public key of a witness
    name TEXT NOT NULL,                 -- which program: "moderation queue"
    sandbox BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    secret BYTEA NOT NULL,              -- boxed under the house's key: what each message must be signed with; '': with nothing
    set_by BYTEA CHECK (length(set_by) = 16),                   -- NULL: the house
    set_at BIGINT NOT NULL,
    confirmed_by BYTEA CHECK (length(confirmed_by) = 16),       -- NULL: opens nothing yet
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- One-time links: only the hash of what stands in the address is kept.
CREATE TABLE invites (
    hash BYTEA NOT NULL PRIMARY KEY,
    "user" BYTEA NOT NULL REFERENCES users,
    until BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- network ----------------------------------------------------------------------------------------------------------------

-- Which unit a report goes to: by kind (report, police, national) and area (commune or province code, '*'), lowest rank first.
CREATE TABLE routes (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    area TEXT NOT NULL,
    unit BYTEA NOT NULL REFERENCES units,
    rank BIGINT NOT NULL,
    set_by BYTEA CHECK (length(set_by) = 16),
    confirmed_by BYTEA CHECK (length(confirmed_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX routes_by_kind ON routes (kind, area, rank);

-- The directory of support services, kept by the organisations themselves.
CREATE TABLE services (
    id BYTEA NOT NULL PRIMARY KEY,
    org BYTEA REFERENCES organisations,
    rank BIGINT NOT NULL,               -- 0: before all others (111)
    name TEXT NOT NULL,
    name_en TEXT,
    does TEXT NOT NULL,
    does_en TEXT,
    phone TEXT NOT NULL,
    area TEXT NOT NULL,                 -- province code, or '*'
    needs TEXT NOT NULL,                -- codes with blanks between and around: ' talk legal '
    hours TEXT NOT NULL,                -- 'always', or 'mo-fr 07:30-17:00; sa 08:00-11:30'
    source TEXT NOT NULL,               -- where this is from, and since when it is known
    until BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX services_by_area ON services (area, rank);

-- reports and cases --------------------------------------------------------------------------------------------------------

CREATE TABLE cases (
    id BYTEA NOT NULL PRIMARY KEY,
    ref TEXT NOT NULL UNIQUE,           -- PA-XXXXX, later TH-YYYY-NNNN: what people read aloud
    salt BYTEA NOT NULL,
    state TEXT NOT NULL,                -- new, claimed, answered, closed
    urgency BIGINT NOT NULL,            -- 0 odd or repeated .. 4 in danger now; made by speakup's rules
    risk TEXT NOT NULL,                 -- '', low, medium, high: a person's word
    danger TEXT NOT NULL,
    harm TEXT NOT NULL,
    age_band TEXT NOT NULL,
    province TEXT NOT NULL,
    day BIGINT NOT NULL,
    owner_unit BYTEA NOT NULL REFERENCES units,
    assignee BYTEA REFERENCES users,
    due BIGINT NOT NULL,                -- full hour rounded down
    waiting BIGINT NOT NULL,            -- messages of the child that nobody has answered
    messages BIGINT NOT NULL,
    files BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX cases_queue ON cases (owner_unit, state, urgency DESC, due, id);
CREATE INDEX cases_mine ON cases (assignee, state, urgency DESC, due, id);

CREATE TABLE reporters (
    lookup BYTEA NOT NULL PRIMARY KEY,
    report BYTEA NOT NULL REFERENCES cases,
    rpk BYTEA NOT NULL,
    pgen BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX reporters_by_report ON reporters (report);

CREATE TABLE compartments (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases,
    letter TEXT NOT NULL,               -- C N I E P T
    no BIGINT NOT NULL,
    dpk BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    UNIQUE (case_id, letter, no));

CREATE TABLE grants (
    id BYTEA NOT NULL PRIMARY KEY,
    comp BYTEA NOT NULL REFERENCES compartments,
    unit BYTEA REFERENCES units,        -- NULL: the reporter
    epoch BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    why TEXT NOT NULL,                  -- route, ladder, referral, transfer ...
    consent TEXT,
    expires BIGINT,
    granted_by BYTEA CHECK (length(granted_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX grants_by_comp ON grants (comp);
CREATE INDEX grants_by_unit ON grants (unit);

CREATE TABLE dormant_grants (
    comp BYTEA NOT NULL REFERENCES compartments,
    unit BYTEA NOT NULL REFERENCES units,
    rank BIGINT NOT NULL,
    due BIGINT,                         -- ten minutes rounded down; NULL once the report is claimed
    sealed BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (comp, unit));
CREATE INDEX dormant_grants_due ON dormant_grants (due);

CREATE TABLE records (
    id BYTEA NOT NULL PRIMARY KEY,
    comp BYTEA NOT NULL REFERENCES compartments,
    no BIGINT NOT NULL,                 -- order inside the compartment: hours are too coarse for it
    day BIGINT NOT NULL,
    body BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    UNIQUE (comp, no));

CREATE TABLE files (
    id BYTEA NOT NULL PRIMARY KEY,
    comp BYTEA NOT NULL REFERENCES compartments,
    size BIGINT NOT NULL,               -- of the ciphertext: in steps
    sha256 BYTEA NOT NULL,              -- of the ciphertext
    fk BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX files_by_comp ON files (comp);

-- not logged ------------------------------------------------------------------------------------------------------------------

CREATE TABLE sessions (
    sid BYTEA NOT NULL PRIMARY KEY,
    who BYTEA CHECK (length(who) = 16), -- NULL: a reporter
    sealed BYTEA NOT NULL,
    until BIGINT NOT NULL);
CREATE INDEX sessions_by_who ON sessions (who);
CREATE INDEX sessions_until ON sessions (until);

CREATE TABLE idem (
    id BYTEA NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    until BIGINT NOT NULL);
CREATE INDEX idem_until ON idem (until);

CREATE TABLE drafts (
    "user" BYTEA NOT NULL CHECK (length("user") = 16),
    form TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY ("user", form));

CREATE TABLE totp_used (
    "user" BYTEA NOT NULL PRIMARY KEY CHECK (length("user") = 16),
    step BIGINT NOT NULL);

CREATE TABLE outbox (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    due BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    sealed BYTEA NOT NULL);
CREATE INDEX outbox_due ON outbox (due);

-- Timed work, once over all processes: claimed by one UPDATE under a lease.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    due BIGINT NOT NULL,
    lease BIGINT NOT NULL);

-- The log. seq is NULL until the numbering job has added the entry to the tree.
CREATE TABLE log (
    id BYTEA NOT NULL PRIMARY KEY,
    seq BIGINT UNIQUE,
    anonymous BIGINT NOT NULL CHECK (anonymous IN (0, 1)),
    object BYTEA NOT NULL CHECK (length(object) = 16),
    entry BYTEA NOT NULL,
    mac BYTEA NOT NULL);
CREATE INDEX log_by_object ON log (object);
CREATE INDEX log_waiting ON log (anonymous) WHERE seq IS NULL;

CREATE TABLE log_head (
    size BIGINT NOT NULL PRIMARY KEY,
    edge BYTEA NOT NULL,
    signed TEXT NOT NULL);
