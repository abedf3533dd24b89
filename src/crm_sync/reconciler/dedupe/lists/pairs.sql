-- name: names
-- Every record under each name that it may stand for, in either place.
SELECT rid, unnest(list_distinct(list_filter([g, s, s2, longer1, longer2], lambda one: one IS NOT NULL))) AS word,
  year, month, day, born, city, street, postcode
FROM entries

-- name: patterns
-- How many pairs have the same findings, and what rarity adds to them, in steps of a half.
SELECT the_sides, bits, contested, count(*) AS pairs
FROM (SELECT *, round(2 * (the_rarity)) / 2 AS bits FROM judged)
GROUP BY the_sides, bits, contested ORDER BY pairs DESC, the_sides, bits, contested LIMIT the_most

-- name: told_pairs
-- The pairs that have to be told.
SELECT a, b FROM links UNION SELECT a, b FROM reviews
