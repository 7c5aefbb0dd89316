-- How long members of staff looked at evidence in the clear, for themselves to see: looking at such things wears people out.

-- Not logged, kept for a day. What was opened, by whom and why stands in the log and in the case.
CREATE TABLE viewings (
    "user" BYTEA NOT NULL REFERENCES users CHECK (length("user") = 16),
    day BIGINT NOT NULL,                -- local
    ms BIGINT NOT NULL,                 -- of looks that ended
    since BIGINT NOT NULL,              -- the look that has not: when it began and when it ends at the latest; else 0
    until BIGINT NOT NULL,
    PRIMARY KEY ("user", day));
