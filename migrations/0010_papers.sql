-- Forms that were filled in for a case, and what was decided on them. The answers are records: in N, and what says who and
-- where somebody is (art. 33 of Decree 56) in I. Every save is a record of its own, so nothing that was once saved is lost.

-- Form definitions as they were when they were first met: a paper goes on under the words that it began with, whatever the
-- file of that name says today. since: a case that was opened earlier keeps the one before.
CREATE TABLE form_texts (
    digest BYTEA NOT NULL PRIMARY KEY CHECK (length(digest) = 32),      -- SHA-256 of the text
    form TEXT NOT NULL,                 -- name of the file below content/forms/
    version TEXT NOT NULL,              -- as its settings say
    file TEXT NOT NULL,                 -- "mau-02.txt": its end says what it is
    body BYTEA NOT NULL,                -- of the file
    since BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX form_texts_form ON form_texts (form, since);

CREATE TABLE papers (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    form TEXT NOT NULL,
    digest BYTEA NOT NULL REFERENCES form_texts CHECK (length(digest) = 32),
    version TEXT NOT NULL,
    state TEXT NOT NULL,                -- draft, done, submitted, approved, returned, void
    revision BIGINT NOT NULL,           -- of the newest save, from 1
    answers BYTEA NOT NULL CHECK (length(answers) = 16),        -- its record in N
    names BYTEA CHECK (length(names) = 16),                     -- its record in I; NULL: it asks nothing of that kind
    begun BIGINT NOT NULL,
    begun_by BYTEA NOT NULL CHECK (length(begun_by) = 16),
    saved BIGINT NOT NULL,
    saved_by BYTEA NOT NULL CHECK (length(saved_by) = 16),
    finished BIGINT,
    finished_by BYTEA CHECK (length(finished_by) = 16),         -- never the one who approves it
    decided BIGINT,
    decided_by BYTEA CHECK (length(decided_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX papers_by_case ON papers (case_id, form, begun);
CREATE INDEX papers_waiting ON papers (id) WHERE state = 'submitted';
