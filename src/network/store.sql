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
