-- name: likely
-- The pairs between any two groups that may be one person and of which no two records exclude each other.
WITH across AS (
  SELECT a, b, score, least(g.leader, h.leader) AS one, greatest(g.leader, h.leader) AS two
  FROM scored JOIN groups AS g ON g.rid = a JOIN groups AS h ON h.rid = b
  WHERE g.leader <> h.leader
), ends AS (
  SELECT one, two FROM across GROUP BY one, two HAVING max(score) >= the_least AND min(score) >= the_veto
)
SELECT a, b, score, one, two FROM across JOIN ends USING (one, two)

-- name: excluded
-- Two groups that may meet and of which two records exclude each other, with the lowest of their scores.
WITH ends AS (SELECT a AS leader FROM whole WHERE score >= the_least UNION SELECT b FROM whole WHERE score >= the_least)
SELECT least(g.leader, h.leader) AS a, greatest(g.leader, h.leader) AS b, min(score) AS score
FROM scored JOIN groups AS g ON g.rid = a JOIN groups AS h ON h.rid = b
WHERE score < the_veto AND g.leader <> h.leader AND g.leader IN (SELECT leader FROM ends) AND h.leader IN (SELECT leader FROM ends)
GROUP BY 1, 2

-- name: met
-- What the records of two groups say of each other, all of them together.
SELECT
  one, two, max(score) AS best, min(score) AS worst, avg(score) AS mean, count(*) AS pairs, max(rare_name) AS rare_name,
  bool_or(contested) AS contested,
  bool_or(same_given) AND (bool_or(same_family) AND NOT bool_and(family = 'half')) AS same_name,
  bool_or(given = 'diff') AS given_diff, bool_and(given IN ('miss', 'init')) AS given_half,
  bool_or(given IN ('typo', 'near')) AS given_near, bool_or(family = 'both') AS family_both,
  bool_or(family = 'same') AS family_same, bool_or(family = 'half') AS family_half, bool_or(family = 'diff') AS family_diff,
  bool_and(family IN ('miss', 'init')) AS family_none, bool_or(family IN ('typo', 'near')) AS family_near,
  bool_or(same_mail) AS mail_same, bool_or(mail IN ('local', 'localfree')) AS mail_local, bool_or(mail IN ('difffree', 'countfree')) AS mail_free,
  bool_or(mail IN ('diffsame', 'count')) AS mail_there, bool_or(mail = 'workfree') AS mail_workfree, bool_and(mail IN ('miss', 'role')) AS mail_miss,
  bool_or(same_phone) AS phone_same, bool_or(phone IN ('tail', 'typo')) AS phone_near, bool_or(phone = 'diff') AS phone_diff,
  bool_and(phone = 'miss') AS phone_miss, bool_or(same_employer) AS employer_same, bool_or(employer = 'pre') AS employer_near,
  bool_or(employer IN ('diff', 'twin')) AS employer_diff, bool_and(employer = 'miss') AS employer_miss, bool_or(city = 'same') AS city_same,
  bool_and(city = 'diff') AS city_diff, bool_or(country = 'diff') AS country_diff, bool_or(title = 'same') AS title_same
FROM judged JOIN likely USING (a, b) GROUP BY one, two

-- name: between
-- Two groups with what each is like: how much it says, when, and who else it could be one person with.
WITH alike AS (
  SELECT leader, count(*) AS records, min(day) AS first_day, max(day) AS last_day, count(DISTINCT number) AS phones,
    count(DISTINCT mailbox) AS mailboxes, count(DISTINCT city) AS cities, count(DISTINCT employer) AS employers,
    max(s2) IS NOT NULL AS two_surnames
  FROM known JOIN groups USING (rid)
  WHERE leader IN (SELECT one FROM met UNION ALL SELECT two FROM met) GROUP BY leader
), sides AS (
  SELECT one AS leader, two AS other, best, same_name FROM met UNION ALL SELECT two, one, best, same_name FROM met
), ranked AS (
  SELECT leader, best, same_name, row_number() OVER (PARTITION BY leader ORDER BY best DESC, other) AS place FROM sides
), rivals AS (
  SELECT leader, max(best) AS first, max(CASE WHEN place = 2 THEN best END) AS second, count(*) FILTER (same_name) AS namesakes
  FROM ranked GROUP BY leader
), both_sides AS (
  SELECT
    met.*, x.records * y.records AS crossed, greatest(u.namesakes, v.namesakes) AS namesakes,
    greatest(CASE WHEN best >= u.first THEN u.second ELSE u.first END, CASE WHEN best >= v.first THEN v.second ELSE v.first END) AS rival,
    least(x.records, y.records) AS fewer, x.phones + y.phones AS phones, x.mailboxes + y.mailboxes AS mailboxes, x.cities + y.cities AS cities,
    x.employers + y.employers AS employers, x.two_surnames AND y.two_surnames AS two_surnames,
    (least(x.last_day, y.last_day) - greatest(x.first_day, y.first_day)) / 365.0 AS years_together
  FROM met JOIN alike AS x ON x.leader = one JOIN alike AS y ON y.leader = two
  JOIN rivals AS u ON u.leader = one JOIN rivals AS v ON v.leader = two
)
SELECT
  * EXCLUDE (best, worst, mean, rare_name), pairs / crossed AS seen, least(ln(crossed), 2.5) AS many, same_name AND NOT employer_same AND employer_diff AS moved,
  least(greatest(best, -6.0), 8.0) AS best, least(greatest(worst, -6.0), 8.0) AS worst, least(greatest(mean, -6.0), 8.0) AS mean,
  least(greatest(rare_name, -6.0), 6.0) AS rare_name, least(greatest(best - coalesce(rival, -4.0), -4.0), 4.0) AS ahead
FROM both_sides
