-- name: papers
-- What a record says besides names, mail and phone: birth date, national number, address; folded.
WITH read AS (
  SELECT
    rid, regexp_replace(trim(birth_date), '[^0-9]+', '-', 'g') AS born, nullif(regexp_replace(upper(national_id), '[^0-9A-Z]', '', 'g'), '') AS nid, proof,
    signs(street, postcode) AS signs
  FROM people
), dated AS (
  SELECT
    rid, nid, proof, trim(signs[1]) AS street, replace(signs[2], ' ', '') AS postcode,
    CASE WHEN regexp_full_match(born, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(-.*)?') THEN [split_part(born, '-', 1), split_part(born, '-', 2), split_part(born, '-', 3)]
      WHEN regexp_full_match(born, '[0-9]{1,2}-(1[3-9]|2[0-9]|3[01])-[0-9]{4}') THEN [split_part(born, '-', 3), split_part(born, '-', 1), split_part(born, '-', 2)]
      WHEN regexp_full_match(born, '[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}') THEN [split_part(born, '-', 3), split_part(born, '-', 2), split_part(born, '-', 1)]
      WHEN regexp_full_match(born, '[0-9]{8}') THEN [left(born, 4), substr(born, 5, 2), right(born, 2)]
      WHEN regexp_full_match(born, '[0-9]{4}') THEN [born, NULL, NULL] END AS born
  FROM read
)
SELECT
  rid, CASE WHEN length(nid) > 4 AND NOT regexp_full_match(nid, '(0+|1+|9+|X+)') THEN nid END AS nid, proof,
  said(street) AS street, said(postcode) AS postcode, born[1] AS year, lpad(born[2], 2, '0') AS month, lpad(born[3], 2, '0') AS day
FROM dated

-- name: entries
-- One row a record with all that it says.
SELECT
  s.rid, s.given[1] AS g, s.given[2] AS g2, s.family[1] AS s, s.family[2] AS s2,
  array_to_string(s.family, '') AS surname, longer[1] AS longer1, longer[2] AS longer2, longer[3] AS longer3,
  year, month, day, year || month || day AS born, nid, proof, m.mailbox, m.local, m.domain AS host, m.free, t.phone,
  street, postcode, s.city, s.country, s.title, e.domain AS site, replace(e.name, ' ', '') AS company,
  array_to_string(list_sort(string_split(e.name, ' ')), ' ') AS ordered
FROM spelled AS s JOIN papers USING (rid) LEFT JOIN nicknames ON nickname = s.given[1]
LEFT JOIN (FROM mailboxes WHERE place = 1 AND NOT role) AS m USING (rid)
LEFT JOIN (SELECT rid, arg_min(phone, place) AS phone FROM telephones GROUP BY rid) AS t USING (rid)
LEFT JOIN employers AS e USING (rid)

-- name: known
-- What every record says, and how rare each of it is: minus the logarithm of the share of records that say the same, as if there were
-- some others, since a few records do not tell what is rare.
SELECT *, the_rarities
FROM entries ORDER BY rid
