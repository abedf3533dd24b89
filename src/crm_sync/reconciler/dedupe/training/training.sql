-- name: findings
-- How many pairs have each finding of a side where everything else is all but sure: of one person, and of two.
SELECT the_side AS finding,
  count(*) FILTER (WHERE the_rest >= the_sure) AS one, count(*) FILTER (WHERE the_rest <= -the_sure) AS two
FROM evidence WHERE the_rest >= the_sure OR the_rest <= -the_sure GROUP BY 1

-- name: others
-- The pairs of a table by what everything but one side says of them.
SELECT a, b, the_rest AS score FROM evidence
