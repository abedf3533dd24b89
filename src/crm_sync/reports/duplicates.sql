-- name: holdings
-- How often each person is held: records that can be written (a converted lead is history), CRMs, and records beyond the first of a CRM.
SELECT person_id, sum(records)::BIGINT AS records, count(*) AS crms, sum(records - 1)::BIGINT AS duplicates
FROM (
    SELECT l.person_id, split_part(p.ref, ':', 1) AS crm, count(*) AS records
    FROM people AS p JOIN links AS l ON l.ref = p.ref
    WHERE p.writable GROUP BY l.person_id, crm
) AS held
GROUP BY person_id

-- name: rates
-- Per first source: records, those beyond the first of one person in one CRM, how many people these are, and people in several CRMs.
SELECT k.source_first AS channel, sum(h.records)::BIGINT AS records, sum(h.duplicates)::BIGINT AS duplicates,
       count(CASE WHEN h.duplicates > 0 THEN 1 END) AS twice, count(CASE WHEN h.crms > 1 THEN 1 END) AS in_both
FROM holdings AS h JOIN known AS k ON k.person_id = h.person_id
GROUP BY 1
ORDER BY 3 DESC, 2 DESC, 1

-- name: pursuits
-- People whom two and more reps work: each owns a record of the person, and touched the person lately or has the open cycle.
WITH owned AS (
    SELECT l.person_id, r.rep, min(r.name) AS name, list(p.ref ORDER BY p.ref) AS refs
    FROM people AS p
    JOIN links AS l ON l.ref = p.ref
    JOIN owners AS o ON o.ref = p.owner AND o.human
    JOIN reps AS r ON r.ref = p.owner
    WHERE p.writable GROUP BY l.person_id, r.rep
),
shared AS (SELECT person_id FROM owned GROUP BY person_id HAVING count(*) > 1),
touched AS (
    SELECT t.person_id, r.rep, count(*) AS touches, max(o.at) AS last_at
    FROM touch_people AS t
    JOIN shared AS s ON s.person_id = t.person_id
    JOIN touches AS o ON o.ref = t.touch
    JOIN reps AS r ON r.ref = o.actor
    WHERE o.at >= (SELECT since FROM lately) AND o.at <= (SELECT until FROM lately)
    GROUP BY t.person_id, r.rep
),
working AS (
    SELECT o.person_id, o.rep, o.name, o.refs, coalesce(t.touches, 0) AS touches, t.last_at,
           k.sla_started_at IS NOT NULL AND k.sla_ended_at IS NULL AND c.rep IS NOT DISTINCT FROM o.rep AS in_cycle
    FROM owned AS o
    JOIN shared AS s ON s.person_id = o.person_id
    JOIN known AS k ON k.person_id = o.person_id
    LEFT JOIN touched AS t ON t.person_id = o.person_id AND t.rep = o.rep
    LEFT JOIN reps AS c ON c.ref = k.sla_owner
),
busy AS (SELECT *, max(last_at) OVER (PARTITION BY person_id) AS latest FROM working WHERE touches > 0 OR in_cycle)
SELECT b.person_id, k.name AS person, k.company, b.rep, b.name, b.refs, b.touches, b.last_at, b.in_cycle
FROM busy AS b
JOIN known AS k ON k.person_id = b.person_id
WHERE b.person_id IN (SELECT person_id FROM busy GROUP BY person_id HAVING count(*) > 1)
ORDER BY b.latest DESC NULLS LAST, b.person_id, b.last_at DESC NULLS LAST, b.rep

-- name: companies
-- Companies, their records, and those beyond the first of one company in one CRM.
SELECT count(DISTINCT company_id) AS companies, coalesce(sum(records), 0)::BIGINT AS records,
       coalesce(sum(records - 1), 0)::BIGINT AS duplicates
FROM (
    SELECT company_id, split_part(ref, ':', 1) AS crm, count(*) AS records FROM company_links GROUP BY company_id, crm
) AS held

-- name: doubts
-- Pairs of company records that may be one company, by name.
SELECT r.one AS ref, x.name, r.other, y.name AS other_name, r.score, r.evidence
FROM company_reviews AS r
LEFT JOIN companies AS x ON x.ref = r.one
LEFT JOIN companies AS y ON y.ref = r.other
ORDER BY r.score DESC, r.one, r.other

-- name: ambiguous
-- Records of people that might belong to several companies, with the one that was chosen.
SELECT e.ref, l.person_id, e.company_id, c.name AS company, e.because
FROM employers AS e
LEFT JOIN links AS l ON l.ref = e.ref
LEFT JOIN known_companies AS c ON c.company_id = e.company_id
WHERE e.others IS NOT NULL
ORDER BY e.ref
