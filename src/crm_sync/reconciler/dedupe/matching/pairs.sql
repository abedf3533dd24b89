-- name: digests
-- A number for all that each record says: another one where anything changed.
SELECT
  rid, hash(source, first_name, last_name, full_name, emails, phones, company, domain, title, city, country, created_at) AS digest
FROM people ORDER BY rid

-- name: spellings
-- Every record under each given name that it may stand for.
SELECT rid, unnest(list_distinct(list_filter([g, forename, longer1, longer2, longer3], lambda one: one IS NOT NULL))) AS name,
  s, employer, country, city
FROM persons WHERE g IS NOT NULL

-- name: block
-- The pairs of records that share a key which not too many share.
WITH keys AS (the_keys), blocks AS (
  SELECT list(rid) AS rids FROM keys WHERE key IS NOT NULL GROUP BY rule, key HAVING count(*) BETWEEN 2 AND any_value(most)
)
SELECT DISTINCT a, b FROM (SELECT a, unnest(rids) AS b FROM (SELECT unnest(rids) AS a, rids FROM blocks)) WHERE a < b

-- name: keyed
-- Every key of every record, below the number of its rule.
SELECT rule + (key >> 6) AS key, rid FROM (the_keys) WHERE key IS NOT NULL ORDER BY 1, 2

-- name: distinct_pairs
-- Every pair once, whichever rules found it.
SELECT DISTINCT a, b FROM found

-- name: crowds
-- Mailboxes and phones that so many records share that they bring nobody together, with the first of these records.
SELECT 'mailbox' AS kind, mailbox AS value, count(*) AS records, min(rid) AS first
FROM mailboxes WHERE NOT role GROUP BY mailbox HAVING count(*) > most_mailbox
UNION ALL
SELECT 'phone', phone, count(*), min(rid) FROM telephones GROUP BY phone HAVING count(*) > most_phone
ORDER BY records DESC, value

-- name: crowd_keys
-- The kept key of each mailbox and phone, in the order in which they came.
SELECT CASE kind WHEN 'mailbox' THEN rule_mailbox::UBIGINT ELSE rule_phone::UBIGINT END + (hash(value) >> 6) AS key
FROM crowds ORDER BY place

-- name: with_whole
-- Every pair with the score of its two groups where these were judged as a whole, and with what that adds.
SELECT s.a, s.b, coalesce(w.score, s.score) AS score, coalesce(w.score - s.score, 0) AS whole
FROM scored AS s JOIN groups AS g ON g.rid = s.a JOIN groups AS h ON h.rid = s.b
LEFT JOIN whole AS w ON w.a = least(g.leader, h.leader) AND w.b = greatest(g.leader, h.leader)

-- name: told_pairs
-- The pairs that have to be told, and what their groups as a whole add.
SELECT a, b, whole FROM scored JOIN (SELECT a, b FROM links UNION SELECT a, b FROM reviews) USING (a, b)

-- name: links
-- Of each record but the first of its group, the record of the group that it resembles most.
WITH inside AS (
  SELECT a, b, score FROM scored JOIN groups AS g ON g.rid = a JOIN groups AS h ON h.rid = b WHERE g.leader = h.leader
), ends AS (SELECT a AS rid, a, b, score FROM inside UNION ALL SELECT b, a, b, score FROM inside), best AS (
  SELECT rid, max(struct_pack(score := score, x := -a, y := -b)) AS top FROM ends GROUP BY rid
)
SELECT rid, -top.x AS a, -top.y AS b, top.score AS score FROM best JOIN groups USING (rid) WHERE rid <> leader ORDER BY rid

-- name: reviews
-- The likeliest pair between any two groups that are not one person.
WITH across AS (
  SELECT least(g.leader, h.leader) AS one, greatest(g.leader, h.leader) AS two, a, b, score
  FROM scored JOIN groups AS g ON g.rid = a JOIN groups AS h ON h.rid = b
  WHERE score >= the_least AND g.leader <> h.leader
)
SELECT -top.x AS a, -top.y AS b, top.score AS score
FROM (SELECT max(struct_pack(score := score, x := -a, y := -b)) AS top FROM across GROUP BY one, two)
ORDER BY score DESC, a, b LIMIT the_most

-- name: histogram
-- How many pairs have which score, in steps of a tenth. As decimals, which know one zero only.
SELECT round(score, 1)::DECIMAL(9, 1)::DOUBLE AS score, count(*) AS pairs FROM scored GROUP BY 1 ORDER BY 1

-- name: with_told
-- Links or pairs to review with what their comparison found, in the order in which they came.
SELECT r.*, evidence, because FROM rows AS r JOIN told USING (a, b) ORDER BY place

-- name: named_links
-- Every record with the name of its group, which is made from that of its first record, and the record that it resembles most.
SELECT
  r.id, r.source, 'p-' || left(sha256(first.name), 12) AS cluster_id, round(1 / (1 + exp(-score)), 4)::DOUBLE AS score,
  other.name AS linked_to, because
FROM names AS r JOIN groups USING (rid) JOIN names AS first ON first.rid = leader LEFT JOIN links USING (rid)
LEFT JOIN names AS other ON other.rid = CASE WHEN links.a = r.rid THEN links.b ELSE links.a END
ORDER BY r.rid

-- name: named_reviews
-- The pairs to review by the names of their records.
SELECT x.name AS a, y.name AS b, round(1 / (1 + exp(-score)), 4)::DOUBLE AS score, because
FROM reviews JOIN names AS x ON x.rid = a JOIN names AS y ON y.rid = b ORDER BY reviews.score DESC, x.rid, y.rid
