-- Verdicts of people on what was matched (table seen).

-- no: 1 the first person's, 2 the second's, 3 and on where the two differed. blind: the second person was not shown the first verdict;
-- such pairs alone count for the agreement. words: why, boxed under the house's key; empty where nothing was said.
CREATE TABLE verdicts (
    seen BYTEA NOT NULL REFERENCES seen CHECK (length(seen) = 16),
    no BIGINT NOT NULL,
    "by" BYTEA NOT NULL CHECK (length("by") = 16),
    verdict TEXT NOT NULL,              -- confirmed, rejected, doubtful
    reason TEXT NOT NULL,               -- code of content/process/lists.txt: list "verdict"; "": none was chosen
    words BYTEA NOT NULL,
    blind BIGINT NOT NULL CHECK (blind IN (0, 1)),
    at BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (seen, no));
CREATE INDEX verdicts_by_person ON verdicts ("by", at);
CREATE INDEX verdicts_blind ON verdicts (blind, no, at);

-- not logged: up to which thing the words of messages were taken out after their days
CREATE TABLE review_work (
    no BIGINT NOT NULL PRIMARY KEY,
    after BYTEA NOT NULL CHECK (length(after) = 16));
