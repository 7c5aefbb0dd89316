-- Work at the desk: reports that are one child's, reports that were set aside, who has what open, and what a person chose.

-- Two reports of one child. `report` left the queue; what its code and that of `main` write from then on goes to a C of main's
-- that both open. The row stands while they are merged.
CREATE TABLE merges (
    report BYTEA NOT NULL PRIMARY KEY REFERENCES cases CHECK (length(report) = 16),
    main BYTEA NOT NULL REFERENCES cases CHECK (length(main) = 16),
    comp BYTEA NOT NULL REFERENCES compartments CHECK (length(comp) = 16),      -- the first C that both codes open
    merged_by BYTEA NOT NULL CHECK (length(merged_by) = 16),
    since BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX merges_by_main ON merges (main);

-- Marked as a prank by a person. Nothing is deleted; the row stands until somebody takes the mark away.
CREATE TABLE pranks (
    report BYTEA NOT NULL PRIMARY KEY REFERENCES cases CHECK (length(report) = 16),
    reason TEXT NOT NULL,               -- code of content/process/lists.txt; the words are an event in N
    urgency BIGINT NOT NULL,            -- before; comes back with the end of the mark
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    since BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- not logged ------------------------------------------------------------------------------------------------------------------

-- Which members of staff have a report open now. Never a child.
CREATE TABLE presence (
    report BYTEA NOT NULL CHECK (length(report) = 16),
    "user" BYTEA NOT NULL CHECK (length("user") = 16),
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (report, "user"));
CREATE INDEX presence_until ON presence (until);

-- Where a person wants to hear that there is something new on the desk: address, and what was told already, boxed under the
-- house's key for jobs. slot: the quarter of an hour in which was looked last.
CREATE TABLE notices (
    "user" BYTEA NOT NULL PRIMARY KEY CHECK (length("user") = 16),
    slot BIGINT NOT NULL,
    sealed BYTEA NOT NULL);
CREATE INDEX notices_slot ON notices (slot);
