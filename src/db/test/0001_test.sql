-- Tables of the tests of db/ and sqlc.
CREATE TABLE notes (
    id BYTEA NOT NULL PRIMARY KEY,
    writer BIGINT NOT NULL,
    no BIGINT NOT NULL,
    title TEXT,                         -- "it's" ; a ; in a comment, and 'quotes'
    body BYTEA,
    parent BYTEA REFERENCES notes,
    due BIGINT,
    UNIQUE (writer, no));
CREATE INDEX notes_by_parent ON notes (parent);

CREATE TABLE files (
    id BYTEA NOT NULL PRIMARY KEY,
    "user" BYTEA CHECK (length("user") = 16),
    "default" BIGINT NOT NULL,
    name TEXT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
