-- Statements of the tests of db/.

-- name: note_add (id id, writer bigint, no bigint, title text?, body bytea?, parent id?, due bigint?) -> done
INSERT INTO notes (id, writer, no, title, body, parent, due)
VALUES (:id, :writer, :no, :title, :body, :parent, :due);

-- name: note_get (id id) -> one notes
SELECT {n.*} FROM notes n WHERE n.id = :id;

-- name: notes_of (writer bigint) -> notes
SELECT {n.*} FROM notes n WHERE n.writer = :writer ORDER BY n.no;

-- name: notes_count () -> one (n bigint, top bigint)
SELECT COUNT(*) AS n, COALESCE(MAX(no), 0) AS top FROM notes;

-- name: note_title (id id, title text) -> changed
UPDATE notes SET title = :title WHERE id = :id;

-- name: notes_drop (writer bigint) -> (id id, no bigint)
DELETE FROM notes WHERE writer = :writer RETURNING id, no;

-- A statement that never ends: it must be stopped.
-- name: forever () -> one (n bigint)
WITH RECURSIVE c(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT (i + 1) % 1000 FROM c)
SELECT COUNT(*) AS n FROM c;

-- name: numbers (top bigint) -> (i bigint)
WITH RECURSIVE c(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM c WHERE i < :top) SELECT i FROM c;

-- name: echo (a id, b bytea?, c text?, d bigint?) -> one (a id, b bytea?, c text?, d bigint?)
SELECT :a AS a, :b AS b, :c AS c, :d AS d;

-- name: note_of (writer bigint) -> one (title text?)
SELECT title FROM notes WHERE writer = :writer;

-- A write that never ends.
-- name: notes_forever (id id) -> done
INSERT INTO notes (id, writer, no)
WITH RECURSIVE c(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT (i + 1) % 1000 FROM c)
SELECT :id, COUNT(*), 0 FROM c;

-- name: backend () -> one (pid bigint)
SELECT CAST(0 AS BIGINT) AS pid;
-- name: backend (postgres)
SELECT CAST(pg_backend_pid() AS BIGINT) AS pid;

-- name: backend_end (pid bigint) -> one (n bigint)
SELECT :pid AS n;
-- name: backend_end (postgres)
SELECT CAST(pg_terminate_backend(CAST(:pid AS INT)) AS INT) AS n;

-- name: numbers_each (top bigint) -> each (i bigint)
WITH RECURSIVE c(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM c WHERE i < :top) SELECT i FROM c;

-- name: note_there (writer bigint, no bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM notes WHERE writer = :writer AND no = :no;
