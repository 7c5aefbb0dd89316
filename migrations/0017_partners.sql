-- Partners: what their programs may ask for, what they asked for, and where their notices go. Tokens are in 0001.

-- How much one partner may ask for; without a row the shipped quota of the scope counts (content/partners/quotas.txt).
CREATE TABLE partner_quotas (
    org BYTEA NOT NULL REFERENCES organisations CHECK (length(org) = 16),
    sandbox BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    scope TEXT NOT NULL,
    per_second BIGINT NOT NULL CHECK (per_second > 0),
    burst BIGINT NOT NULL CHECK (burst > 0),
    per_day BIGINT NOT NULL CHECK (per_day > 0),
    set_at BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (org, sandbox, scope));

-- Where notices to a partner go. secret: boxed under the house's key.
CREATE TABLE partner_webhooks (
    org BYTEA NOT NULL REFERENCES organisations CHECK (length(org) = 16),
    sandbox BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    url TEXT NOT NULL,
    secret BYTEA NOT NULL,
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (org, sandbox));

-- not logged: counts, which processes keep in memory and add up here every few seconds ----------------------------------------

CREATE TABLE partner_traffic (
    org BYTEA NOT NULL CHECK (length(org) = 16),
    sandbox BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    kind TEXT NOT NULL,                 -- path of the route
    calls BIGINT NOT NULL,
    refused BIGINT NOT NULL,            -- of them, answered with 400 and more
    bytes BIGINT NOT NULL,              -- that came
    us BIGINT NOT NULL,                 -- all calls together
    PRIMARY KEY (org, sandbox, hour, kind));

CREATE TABLE partner_days (
    org BYTEA NOT NULL CHECK (length(org) = 16),
    sandbox BIGINT NOT NULL,
    scope TEXT NOT NULL,
    day BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (org, sandbox, scope, day));

CREATE TABLE token_days (
    token BYTEA NOT NULL PRIMARY KEY CHECK (length(token) = 16),
    day BIGINT NOT NULL);               -- on which it was used last

-- What a partner's programs were told was wrong: never anything of what they sent.
CREATE TABLE partner_errors (
    id BYTEA NOT NULL PRIMARY KEY,
    org BYTEA NOT NULL CHECK (length(org) = 16),
    sandbox BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    status BIGINT NOT NULL,
    code TEXT NOT NULL);
CREATE INDEX partner_errors_by_org ON partner_errors (org, sandbox, id);

-- Ids of signed messages inside the window in which their signature counts.
CREATE TABLE partner_seen (
    token BYTEA NOT NULL CHECK (length(token) = 16),
    hash BYTEA NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (token, hash));
CREATE INDEX partner_seen_until ON partner_seen (until);

-- What became of each notice that was sent, without its words. state: waiting, taken, given-up.
CREATE TABLE webhooks_sent (
    id BYTEA NOT NULL PRIMARY KEY,
    org BYTEA NOT NULL CHECK (length(org) = 16),
    sandbox BIGINT NOT NULL,
    type TEXT NOT NULL,
    object BYTEA NOT NULL CHECK (length(object) = 16),
    state TEXT NOT NULL,
    made BIGINT NOT NULL,
    last BIGINT NOT NULL,
    next BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    code BIGINT NOT NULL);
CREATE INDEX webhooks_sent_by_org ON webhooks_sent (org, sandbox, id);
CREATE INDEX webhooks_sent_made ON webhooks_sent (made);

CREATE INDEX partner_traffic_by_hour ON partner_traffic (hour);
CREATE INDEX partner_days_by_day ON partner_days (day);
CREATE INDEX partner_errors_by_time ON partner_errors (at);
CREATE INDEX tokens_by_org ON tokens (org);
