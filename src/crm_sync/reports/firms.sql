-- name: several
-- Every record of the companies that have more than one, with what ties it to its company.
SELECT l.company_id, k.name, k.domain, l.ref, l.because, l.other, l.score, l.evidence
FROM company_links AS l JOIN known_companies AS k USING (company_id)
WHERE k.records > 1
ORDER BY k.records DESC, k.name, l.company_id, l.because <> '', l.ref

-- name: sides
-- What records say of a company, field by field, for those records that are asked about.
WITH staff AS (
  SELECT e.company_id, count(DISTINCT l.person_id) AS people
  FROM employers AS e JOIN links AS l ON l.ref = e.ref GROUP BY e.company_id
)
SELECT
  a.ref, l.company_id, coalesce(c.name, '') AS name, c.domain, c.phone, c.industry, c.city, c.country,
  coalesce(o.name, o.email, c.owner) AS owner, coalesce(s.people, 0) AS people, c.created_at, coalesce(k.records, 1) AS records
FROM asked AS a
JOIN companies AS c ON c.ref = a.ref
LEFT JOIN company_links AS l ON l.ref = a.ref
LEFT JOIN known_companies AS k ON k.company_id = l.company_id
LEFT JOIN staff AS s ON s.company_id = l.company_id
LEFT JOIN owners AS o ON o.ref = c.owner
ORDER BY a.ref
