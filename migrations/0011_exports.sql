-- What leaves the house as a table, and who agreed: one asks with a reason, another supervisor of the unit agrees, the asker fetches
-- the file once. The file itself is never kept.
CREATE TABLE exports (
    id BYTEA NOT NULL PRIMARY KEY,
    unit BYTEA NOT NULL REFERENCES units CHECK (length(unit) = 16),         -- whose cases
    format TEXT NOT NULL,               -- csv, xlsx
    scope TEXT NOT NULL,                -- all, open, closed
    since BIGINT NOT NULL,              -- cases opened from here on, and before `until`
    until BIGINT NOT NULL,
    fields TEXT NOT NULL,               -- codes of the columns, "ref,opened,form:mau-02"
    names BIGINT NOT NULL CHECK (names IN (0, 1)),      -- one of them says who a child is
    state TEXT NOT NULL,                -- asked, agreed, refused, withdrawn, fetched
    epoch BIGINT NOT NULL,              -- of the unit's key that the words are sealed to
    reason BYTEA NOT NULL,              -- sealed to the unit
    answer BYTEA,                       -- why it was refused; sealed to the unit
    asked_by BYTEA NOT NULL CHECK (length(asked_by) = 16),
    asked BIGINT NOT NULL,
    decided_by BYTEA CHECK (length(decided_by) = 16),
    decided BIGINT,
    fetched BIGINT,
    cases BIGINT,                       -- in the file
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX exports_by_unit ON exports (unit, asked);

-- The cases of a unit in the order in which they were opened.
CREATE INDEX casefiles_opened ON casefiles (unit, opened, case_id);
