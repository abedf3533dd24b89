-- name: mailed
-- The domain that most of a record's people write from.
SELECT cid, arg_max(site, people) AS site
FROM (
  SELECT cid, site, count(DISTINCT person) AS people, sum(count(DISTINCT person)) OVER (PARTITION BY cid) AS total
  FROM staff WHERE site IS NOT NULL GROUP BY cid, site
)
WHERE people * 2 > total GROUP BY cid

-- name: homes
-- The country that a city lies in, where the records themselves agree about it.
SELECT city, arg_max(land, records) AS land
FROM (SELECT city, land, count(*) AS records, sum(count(*)) OVER (PARTITION BY city) AS total FROM told
  WHERE city IS NOT NULL AND land IS NOT NULL GROUP BY city, land)
WHERE records > 2 AND records >= 0.9 * total GROUP BY city

-- name: firms
-- Every record with all that it says; the domain of its people stands in where it names none, and its city's country.
SELECT
  t.* EXCLUDE (site, label, land), coalesce(t.land, h.land) AS land, coalesce(t.site, m.site) AS site, t.site IS NOT NULL AS own, t.label,
  array_to_string(list_sort(words), ' ') AS ordered,
  array_to_string(list_sort(list_filter(words, lambda word: regexp_matches(word, '[0-9]'))), ' ') AS numbers,
  CASE WHEN len(words) > 2 THEN array_to_string(list_transform(words, lambda word: left(word, 1)), '') END AS initials
FROM told AS t LEFT JOIN mailed AS m USING (cid) LEFT JOIN homes AS h USING (city)

-- name: frequent
-- Names whose words are so frequent that two companies may well have hit on them: the rarest word counts without this name itself, the
-- others by their share of all names. The same words in another order are the same name.
WITH texts AS (SELECT DISTINCT ordered, list_sort(list_distinct(words)) AS words FROM firms WHERE glued IS NOT NULL),
spread AS (SELECT ordered, unnest(words) AS word FROM texts),
frequencies AS (SELECT word, count(*) AS names FROM spread GROUP BY word),
chances AS (
  SELECT ordered, min(names) AS rarest, sum(ln(names / (SELECT count(*) FROM texts))) AS shares
  FROM spread JOIN frequencies USING (word) GROUP BY ordered
)
SELECT DISTINCT glued FROM firms JOIN chances USING (ordered)
WHERE (rarest - 1) * exp(shares - ln(rarest / (SELECT count(*) FROM texts))) >= the_most_homonyms

-- name: rivals
-- Names that companies at different domains have in one country.
SELECT glued, land FROM firms WHERE own AND glued IS NOT NULL GROUP BY glued, land HAVING count(DISTINCT label) > 1

-- name: travelled
-- Names that stand in several countries: without a country they mean any of them.
SELECT glued FROM firms WHERE land IS NOT NULL AND glued IS NOT NULL GROUP BY glued HAVING count(DISTINCT land) > 1

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
