-- name: mailed
-- The domain that most of a record's people write from.
SELECT cid, arg_max(site, people) AS site
FROM (
  SELECT cid, site, count(DISTINCT person) AS people, sum(count(DISTINCT person)) OVER (PARTITION BY cid) AS total
  FROM staff WHERE site IS NOT NULL GROUP BY cid, site
)
WHERE people * 2 > total GROUP BY cid

-- name: firms
-- Every record with all that it says; the domain of its people stands in where it names none.
SELECT
  t.* EXCLUDE (site, label), coalesce(t.site, m.site) AS site, t.site IS NOT NULL AS own, t.label,
  array_to_string(list_sort(words), ' ') AS ordered,
  array_to_string(list_sort(list_filter(words, lambda word: regexp_matches(word, '[0-9]'))), ' ') AS numbers,
  CASE WHEN len(words) > 2 THEN array_to_string(list_transform(words, lambda word: left(word, 1)), '') END AS initials
FROM told AS t LEFT JOIN mailed AS m USING (cid)

-- name: namesakes
-- Names that companies at different domains have, or that are made of nothing but frequent words: they prove little.
WITH texts AS (SELECT DISTINCT glued, words FROM firms WHERE glued IS NOT NULL),
spread AS (SELECT unnest(words) AS word, glued FROM texts),
frequent AS (
  SELECT word FROM spread GROUP BY word HAVING count(DISTINCT glued) >= greatest(5, (SELECT count(*) FROM texts) / 200)
)
SELECT glued FROM firms WHERE own GROUP BY glued HAVING count(DISTINCT label) > 1
UNION
SELECT glued FROM spread GROUP BY glued HAVING bool_and(word IN (SELECT word FROM frequent))

-- name: crowded
-- Domains that companies of many different names use: a portal, a franchise, a university.
SELECT site FROM firms WHERE own AND glued IS NOT NULL GROUP BY site HAVING count(DISTINCT glued) > 3

-- name: switchboards
-- Phones that companies of several names share: an office building, an agency.
SELECT phone FROM firms WHERE phone IS NOT NULL AND glued IS NOT NULL GROUP BY phone HAVING count(DISTINCT glued) > 3

-- name: rare
-- The words of each name that may bring it together with others.
WITH spread AS (SELECT DISTINCT cid, unnest(words) AS word FROM firms)
SELECT word, cid FROM spread WHERE length(word) > 2
