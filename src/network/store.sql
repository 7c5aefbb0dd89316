-- Routes of one kind for the most exact area first: commune, province, everywhere; then by rank.
-- name: routes_for (kind text, commune text, province text) -> routes
SELECT {r.*} FROM routes r
WHERE r.kind = :kind AND r.confirmed_by IS NOT NULL AND r.area IN (:commune, :province, '*')
ORDER BY CASE WHEN r.area = '*' THEN 2 WHEN r.area = :province THEN 1 ELSE 0 END, r.rank, r.id LIMIT 50;

-- name: services_near (province text, need text, after_rank bigint, after_id id) -> services
SELECT {s.*} FROM services s
WHERE (s.area = '*' OR :province = '' OR s.area = :province)
  AND (:need = '' OR s.needs LIKE '% ' || :need || ' %')
  AND s.until IS NULL
  AND (s.rank > :after_rank OR (s.rank = :after_rank AND s.id > :after_id))
ORDER BY s.rank, s.id LIMIT 200;

-- name: routes_of_org (org id) -> routes
SELECT {r.*} FROM units u JOIN routes r ON r.unit = u.id WHERE u.org = :org ORDER BY r.kind, r.area, r.rank, r.id LIMIT 2000;

-- Places that organisations serve, by route or service: for the directory's filter and its column, which decide nothing.
-- name: areas_of_org (org id) -> (area text)
SELECT r.area AS area FROM units u JOIN routes r ON r.unit = u.id WHERE u.org = :org AND r.confirmed_by IS NOT NULL
UNION SELECT s.area AS area FROM services s WHERE s.org = :org AND s.until IS NULL
ORDER BY area LIMIT 100;

-- name: areas_all () -> (org id, area text)
SELECT u.org AS org, r.area AS area FROM units u JOIN routes r ON r.unit = u.id WHERE r.confirmed_by IS NOT NULL
UNION SELECT s.org AS org, s.area AS area FROM services s WHERE s.org IS NOT NULL AND s.until IS NULL
LIMIT 20000;
