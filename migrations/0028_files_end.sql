-- 1: the database was written anew since, only the file is still there. Without it a file that cannot be taken from the disk had that done each minute.
ALTER TABLE files_to_end ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0;
