-- The tables that a form looks things up in (pulldata): kept with its text, so that what was begun goes on with the rows it began with.
CREATE TABLE form_tables (
    digest BYTEA NOT NULL REFERENCES form_texts CHECK (length(digest) = 32),
    name TEXT NOT NULL,                 -- "fruits" of fruits.csv
    body BYTEA NOT NULL,                -- of the file
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (digest, name));
