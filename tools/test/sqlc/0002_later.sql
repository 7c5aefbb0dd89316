ALTER TABLE cases ADD COLUMN later BIGINT; -- a new column stands before kgen and mac
