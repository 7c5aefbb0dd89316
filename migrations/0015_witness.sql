-- Witnesses of the log: what each member organisation's witness has signed last. Not logged: the signature proves itself.
CREATE TABLE cosignatures (
    token BYTEA NOT NULL PRIMARY KEY REFERENCES tokens CHECK (length(token) = 16),
    name TEXT NOT NULL,                 -- of the witness, as it stands in its signature: the organisation's code
    size BIGINT NOT NULL,               -- entries of the tree that it signed
    at BIGINT NOT NULL,
    line TEXT NOT NULL);                -- C2SP tlog-cosignature
