-- name: duplicates
-- Every record of the people who have more than one, with what ties it to its person.
SELECT l.person_id, k.name, k.email, k.company, l.ref, l.because, l.other, l.score, l.evidence
FROM links AS l JOIN known AS k USING (person_id)
WHERE k.records > 1
ORDER BY k.records DESC, k.name, l.person_id, l.other IS NOT NULL, l.ref

-- name: sides
-- What two records say of a person, field by field, for those records that are asked about.
SELECT
  a.ref, l.person_id, trim(concat_ws(' ', p.first_name, p.last_name)) AS name, p.email, p.more_emails, p.phones,
  coalesce(p.company_name, c.name) AS company, p.title, p.country, coalesce(o.name, o.email, p.owner) AS owner,
  p.created_at, coalesce(k.records, 1) AS records
FROM asked AS a
JOIN people AS p USING (ref)
LEFT JOIN links AS l USING (ref)
LEFT JOIN known AS k USING (person_id)
LEFT JOIN companies AS c ON c.ref = p.company
LEFT JOIN owners AS o ON o.ref = p.owner
ORDER BY a.ref
