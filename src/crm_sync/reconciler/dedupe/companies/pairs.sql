-- name: block
-- The pairs of records that share a key which not too many share.
WITH keys AS (SELECT DISTINCT key, cid FROM (the_rule)), blocks AS (
  SELECT list(cid) AS cids FROM keys WHERE key IS NOT NULL GROUP BY key HAVING count(*) BETWEEN 2 AND the_most
)
SELECT DISTINCT a, b FROM (SELECT a, unnest(cids) AS b FROM (SELECT unnest(cids) AS a, cids FROM blocks)) WHERE a < b

-- name: keyed
-- Every key of every record, below the number of its rule.
SELECT DISTINCT rule + (hash(key) >> 6) AS key, cid FROM (the_keys) WHERE key IS NOT NULL ORDER BY 1, 2

-- name: listed
-- The kept keys that mean something to a person, with the rule and the text of each.
SELECT DISTINCT rule + (hash(key) >> 6) AS key, name, key AS value FROM (the_keys) WHERE key IS NOT NULL

-- name: distinct_pairs
-- Every pair once, whichever rules found it.
SELECT DISTINCT a, b FROM found

-- name: compared
-- Each pair with what its two records say of each other, in words: the same, near, different, or nothing.
SELECT
  p.a, p.b,
  CASE WHEN x.glued IS NULL OR y.glued IS NULL THEN NULL
    WHEN x.glued = y.glued THEN
      CASE WHEN NOT x.distinct_name THEN 'generic' WHEN f.glued IS NOT NULL OR r.glued IS NOT NULL
          OR ((x.land IS NULL OR y.land IS NULL) AND t.glued IS NOT NULL) THEN 'common' ELSE 'same' END
    WHEN x.numbers <> '' AND y.numbers <> '' AND x.numbers <> y.numbers THEN 'numbers'
    WHEN x.ordered = y.ordered THEN CASE WHEN f.glued IS NOT NULL OR g.glued IS NOT NULL THEN 'common' ELSE 'order' END
    WHEN x.numbers = y.numbers AND least(length(x.glued), length(y.glued)) > 5
      AND damerau_levenshtein(x.glued, y.glued) <= 1 THEN 'near'
    WHEN x.initials = y.glued OR y.initials = x.glued THEN 'short'
    WHEN (x.distinct_name AND list_has_all(y.words, x.words)) OR (y.distinct_name AND list_has_all(x.words, y.words)) THEN 'part'
    WHEN x.numbers = y.numbers AND left(x.glued, 1) = left(y.glued, 1) AND least(length(x.glued), length(y.glued)) > 7
      AND jaro_winkler_similarity(x.glued, y.glued) >= 0.95 THEN 'near'
    ELSE 'diff' END AS name,
  CASE WHEN x.site IS NULL OR y.site IS NULL THEN NULL
    WHEN x.site = y.site THEN
      CASE WHEN NOT (x.own AND y.own) THEN 'mail' WHEN x.site IN (SELECT site FROM crowded) THEN 'crowd' ELSE 'same' END
    WHEN NOT (x.own AND y.own) THEN 'apart' WHEN x.land <> y.land THEN 'abroad'
    WHEN x.label = y.label THEN 'label' ELSE 'other' END AS site,
  CASE WHEN x.named_land <> y.named_land THEN 'named' WHEN x.land IS NULL OR y.land IS NULL THEN NULL
    WHEN x.land = y.land THEN 'same' ELSE 'diff' END AS country,
  CASE WHEN x.city IS NULL OR y.city IS NULL THEN NULL WHEN x.city = y.city THEN 'same' ELSE 'diff' END AS city,
  CASE WHEN x.form IS NULL OR y.form IS NULL THEN NULL WHEN x.form = y.form THEN 'same'
    WHEN starts_with(x.form, y.form) OR starts_with(y.form, x.form) THEN NULL ELSE 'diff' END AS form,
  CASE WHEN x.phone = y.phone THEN CASE WHEN x.phone NOT IN (SELECT phone FROM switchboards) THEN 'same' END
    WHEN x.phone <> y.phone THEN 'diff' END AS phone,
  CASE WHEN c.a IS NOT NULL THEN 'same' END AS staff
FROM pairs AS p JOIN firms AS x ON x.cid = p.a JOIN firms AS y ON y.cid = p.b LEFT JOIN colleagues AS c ON c.a = p.a AND c.b = p.b
LEFT JOIN frequent AS f ON f.glued = x.glued LEFT JOIN frequent AS g ON g.glued = y.glued LEFT JOIN travelled AS t ON t.glued = x.glued
LEFT JOIN rivals AS r ON r.glued = x.glued AND r.land = coalesce(x.land, y.land)

-- name: scored
-- The sum of what each pair's findings weigh.
WITH sides AS (SELECT * FROM compared UNPIVOT (level FOR side IN (name, form, site, country, city, phone, staff)))
SELECT a, b, round(the_bias + sum(coalesce(weight, 0)), 3)::FLOAT AS score
FROM sides LEFT JOIN weights USING (side, level) GROUP BY a, b

-- name: told
-- What was found of some pairs, and what it adds, the weightiest first.
WITH sides AS (
  SELECT * FROM (SELECT compared.* FROM compared JOIN asked USING (a, b))
  UNPIVOT (level FOR side IN (name, form, site, country, city, phone, staff))
)
SELECT a, b, told, weight FROM sides JOIN weights USING (side, level) WHERE weight <> 0 ORDER BY a, b, abs(weight) DESC, side
