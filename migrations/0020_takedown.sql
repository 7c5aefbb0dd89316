-- Take-down: what must disappear, whom we asked, and what they answered (docs/takedown.md).

-- One track for each piece of content. `sealed`: the addresses and hashes by which it is known, and why, boxed under the house's key:
-- jobs must write letters with nobody signed in, and an address of such content is not to be read from a stolen disk.
CREATE TABLE takedowns (
    id BYTEA NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,                -- reported, triaged, asked, requested, escalated, appealed, refused, removed, confirmed, dropped
    class TEXT NOT NULL,                -- code of content/takedown/rules.txt
    basis TEXT NOT NULL,                -- the legal basis, in words
    source TEXT NOT NULL,               -- case, match, platform, picture, hand
    found BYTEA CHECK (length(found) = 16),                     -- what it came from
    set_by BYTEA CHECK (length(set_by) = 16),                   -- NULL: the house, or a child
    set_at BIGINT NOT NULL,             -- then the day
    asked_by BYTEA CHECK (length(asked_by) = 16),               -- wants the chosen notices sent, and waits for a second person
    due BIGINT,                         -- the earliest hour that runs out; NULL: nothing runs
    ended BIGINT,
    sealed BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX takedowns_by_state ON takedowns (state, id);
CREATE INDEX takedowns_by_found ON takedowns (found) WHERE found IS NOT NULL;
CREATE INDEX takedowns_by_due ON takedowns (due, id) WHERE due IS NOT NULL;

-- By which names a track is known: keyed hashes, so that the same content is asked for once.
CREATE TABLE takedown_names (
    track BYTEA NOT NULL REFERENCES takedowns CHECK (length(track) = 16),
    digest BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (track, digest));
CREATE INDEX takedown_names_by_digest ON takedown_names (digest);

CREATE TABLE takedown_cases (
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    track BYTEA NOT NULL REFERENCES takedowns CHECK (length(track) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (case_id, track));
CREATE INDEX takedown_cases_by_track ON takedown_cases (track);

-- Who can remove something, or make others do it.
CREATE TABLE takedown_recipients (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,                 -- platform, host, operator, authority
    name TEXT NOT NULL,
    org BYTEA CHECK (length(org) = 16), -- a partner, who gets webhooks and may answer by its program
    mail TEXT NOT NULL,                 -- or ''
    hosts TEXT NOT NULL,                -- names whose content it can remove, blanks between
    lang TEXT NOT NULL,                 -- vi, en
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    confirmed_by BYTEA CHECK (length(confirmed_by) = 16),   -- of an authority, which hears of every late notice by itself: another person
    until BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

CREATE INDEX takedown_recipients_by_org ON takedown_recipients (org) WHERE org IS NOT NULL;

CREATE TABLE takedown_notices (
    id BYTEA NOT NULL PRIMARY KEY,
    track BYTEA NOT NULL REFERENCES takedowns CHECK (length(track) = 16),
    recipient BYTEA NOT NULL REFERENCES takedown_recipients CHECK (length(recipient) = 16),
    state TEXT NOT NULL,                -- chosen, sent, removed, cannot, notours, appealed, withdrawn
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),          -- who chose it, then who sent it
    approved_by BYTEA CHECK (length(approved_by) = 16),         -- the second person, where there was one
    sent BIGINT,                        -- the clock runs from here
    due BIGINT,
    rung BIGINT NOT NULL,               -- of the ladder: so many were climbed
    next BIGINT,                        -- when the sweep looks again; NULL: nothing to do
    answered BIGINT,
    removed BIGINT,                     -- when it was gone, as the recipient says
    origin TEXT NOT NULL,               -- "https://HOST": before the links in letters
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE UNIQUE INDEX takedown_notices_of_track ON takedown_notices (track, recipient);
CREATE INDEX takedown_notices_next ON takedown_notices (next, id) WHERE next IS NOT NULL;
CREATE INDEX takedown_notices_sent ON takedown_notices (sent, id) WHERE sent IS NOT NULL;
CREATE INDEX takedown_notices_of_recipient ON takedown_notices (recipient, state);

-- Every letter that left, and what it said, as proof. ref: the webhook-id or the letter's id, which stays the same however often it is tried.
CREATE TABLE takedown_sends (
    notice BYTEA NOT NULL REFERENCES takedown_notices CHECK (length(notice) = 16),
    id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    why TEXT NOT NULL,                  -- code of content/takedown/letters-*.txt
    way TEXT NOT NULL,                  -- webhook, mail, link
    ref BYTEA CHECK (length(ref) = 16),
    digest BYTEA NOT NULL,              -- SHA-256 of what was handed over
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (notice, id));

-- Signed links, as hashes alone: whoever has the link answers without an account.
CREATE TABLE takedown_links (
    hash BYTEA NOT NULL PRIMARY KEY,
    notice BYTEA NOT NULL REFERENCES takedown_notices CHECK (length(notice) = 16),
    until BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- What was done with a track. sealed: words, boxed under the house's key; ''. It is never changed.
CREATE TABLE takedown_events (
    track BYTEA NOT NULL REFERENCES takedowns CHECK (length(track) = 16),
    id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    "by" BYTEA CHECK (length("by") = 16),                       -- NULL: the house, or the recipient of the notice
    act TEXT NOT NULL,
    notice BYTEA CHECK (length(notice) = 16),
    sealed BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (track, id));

CREATE INDEX takedown_events_appeals ON takedown_events (at) WHERE act = 'appealed';

-- not logged
-- What /transparency shows: counted anew by a job.
CREATE TABLE takedown_figures (
    quarter BIGINT NOT NULL,            -- year * 4 + 0 .. 3
    class TEXT NOT NULL,
    in_time BIGINT NOT NULL,
    late BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    appeals BIGINT NOT NULL,
    median BIGINT,                      -- minutes from asking to removal
    PRIMARY KEY (quarter, class));
-- What became of a letter whose sender wants to know (outbox/mail.h).
CREATE TABLE mail_sent (
    id BYTEA NOT NULL PRIMARY KEY,
    made BIGINT NOT NULL,
    last BIGINT,
    tries BIGINT NOT NULL,
    state TEXT NOT NULL);               -- waits, taken, given_up
