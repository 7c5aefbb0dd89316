-- name: compartments_of (case_id id) -> compartments
SELECT {p.*} FROM compartments p WHERE p.case_id = :case_id ORDER BY p.letter, p.no LIMIT 200;

-- name: grants_of_unit (case_id id, unit id) -> grants
SELECT {g.*} FROM grants g JOIN compartments p ON p.id = g.comp
WHERE p.case_id = :case_id AND g.unit = :unit LIMIT 200;

-- name: grants_of_reporter (case_id id) -> grants
SELECT {g.*} FROM grants g JOIN compartments p ON p.id = g.comp
WHERE p.case_id = :case_id AND g.unit IS NULL LIMIT 200;

-- name: records_of (comp id, after bigint) -> records
SELECT {r.*} FROM records r WHERE r.comp = :comp AND r.no > :after ORDER BY r.no LIMIT 2000;

-- name: records_last (comp id) -> one (no bigint)
SELECT COALESCE(MAX(no), 0) AS no FROM records WHERE comp = :comp;

-- name: files_of (case_id id) -> files
SELECT {f.*} FROM files f JOIN compartments p ON p.id = f.comp WHERE p.case_id = :case_id LIMIT 500;
