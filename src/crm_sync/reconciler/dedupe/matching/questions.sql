-- name: spelled
-- Every record with its words folded: no accents, no case, no punctuation; what says nothing is left out.
WITH folded AS (
  SELECT
    rid, source, try_cast(created_at AS TIMESTAMP) AS created_at, emails, phones, lower(trim(domain)) AS site,
    name_words(first_name) AS first, name_words(last_name) AS last, name_words(full_name) AS whole,
    signs(company) AS company, letters(city) AS city, signs(title) AS title, letters(country) AS country
  FROM people
)
SELECT
  rid, source, created_at, emails, phones,
  CASE WHEN len(first) + len(last) > 0 THEN first ELSE whole[1 : CASE WHEN len(whole) > 3 THEN 2 ELSE 1 END] END AS given,
  CASE WHEN len(first) + len(last) > 0 THEN last ELSE whole[CASE WHEN len(whole) > 3 THEN 3 ELSE 2 END :] END AS family,
  said(company) AS company, said(city) AS city, said(title) AS title, coalesce(region, said(country)) AS country, code, trunk,
  CASE WHEN site LIKE '%_._%' THEN regexp_replace(regexp_replace(site, '^(https?://)?(www\.)?', ''), '[/:?].*$', '') END AS site
FROM folded LEFT JOIN regions ON name = country

-- name: mailboxes
-- Every address of every record, without tag and case, and whether it is a company's, a role's or anybody's.
WITH addresses AS (
  SELECT rid, place, lower(regexp_replace(address, '\s', '', 'g')) AS address
  FROM (SELECT rid, unnest(emails) AS address, generate_subscripts(emails, 1) AS place FROM people)
), parts AS (
  SELECT rid, place, split_part(split_part(address, '@', 1), '+', 1) AS local, split_part(address, '@', 2) AS host
  FROM addresses WHERE length(address) < 255 AND regexp_full_match(address, '[^@]+@[^@.]+(\.[^@.]+)+')
)
SELECT
  rid, place, local, coalesce(new_domain, host) AS domain, local || '@' || coalesce(new_domain, host) AS mailbox,
  local IN (SELECT word FROM role_mailboxes) AS role, coalesce(new_domain, host) IN (SELECT word FROM free_mail) AS free
FROM parts LEFT JOIN moved_domains ON old_domain = host
WHERE local <> ''

-- name: telephones
-- Every number of every record with its country code; one without a country is told by its digits alone.
WITH numbers AS (
  SELECT
    rid, place, code, trunk,
    regexp_replace(regexp_replace(lower(number), '( *(ext|x|#).*)$', ''), '[^0-9+]', '', 'g') AS number
  FROM (
    SELECT rid, code, trunk, unnest(phones) AS number, generate_subscripts(phones, 1) AS place FROM spelled
  )
), dialled AS (
  SELECT
    rid, place,
    CASE
      WHEN starts_with(number, '+') THEN ltrim(number, '+')
      WHEN starts_with(number, '00') THEN substr(number, 3)
      WHEN code IS NULL THEN '?' || ltrim(number, '0')
      WHEN starts_with(number, code) AND length(number) >= length(code) + 9 THEN number
      WHEN trunk <> '' AND starts_with(number, trunk) THEN code || substr(number, length(trunk) + 1)
      ELSE code || number
    END AS number
  FROM numbers
)
SELECT
  rid, place,
  CASE
    WHEN regexp_full_match(number, '520?(1|44|45)[0-9]{10}') THEN '52' || right(number, 10)
    WHEN regexp_full_match(number, '549[0-9]{10}') THEN '54' || right(number, 10)
    ELSE number
  END AS phone
FROM dialled
WHERE length(number) BETWEEN 8 AND 16 AND NOT regexp_full_match(right(number, 7), '(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|1234567)')

-- name: employers
-- The company of every record: its name without the legal form, and the domain of its mail or site.
SELECT
  rid, nullif(trim(regexp_replace(' ' || company || ' ', legal_forms(), '')), '') AS name,
  coalesce(CASE WHEN NOT free THEN domain END, CASE WHEN site NOT IN (SELECT word FROM free_mail) THEN site END) AS domain
FROM spelled LEFT JOIN (FROM mailboxes WHERE place = 1) USING (rid)

-- name: sites
-- The domain that most records of a company's name have, where most of them agree.
SELECT name, arg_max(domain, records) AS domain
FROM (
  SELECT name, domain, count(*) AS records, sum(count(*)) OVER (PARTITION BY name) AS total
  FROM employers WHERE name IS NOT NULL AND domain IS NOT NULL GROUP BY name, domain
)
WHERE records * 2 > total GROUP BY name

-- name: brands
-- The name that most records of a domain give their company.
SELECT domain, max(struct_pack(records := records, name := name)).name AS brand
FROM (SELECT domain, name, count(*) AS records FROM employers WHERE name IS NOT NULL AND domain IS NOT NULL GROUP BY domain, name)
GROUP BY domain

-- name: persons
-- One row a record with all that it says of a human being; a name that only the mailbox tells counts as told.
WITH heads AS (
  SELECT
    s.rid, s.source, s.created_at, s.given AS told_given, s.family AS told_family, s.city, s.title, s.country,
    m.local, m.domain AS host, m.mailbox, m.role, m.free, t.phones[1] AS phone, t.phones[2] AS phone2, boxes.mailbox2, coalesce(e.name, brands.brand) AS company, e.domain AS own,
    coalesce(e.domain, sites.domain, e.name) AS employer,
    CASE WHEN NOT m.role AND regexp_full_match(m.local, '[a-z]+[._-][a-z]{2,}') THEN regexp_split_to_array(m.local, '[._-]') END AS spelt
  FROM spelled AS s
  LEFT JOIN (FROM mailboxes WHERE place = 1) AS m USING (rid)
  LEFT JOIN (SELECT rid, list(phone ORDER BY place) AS phones FROM telephones GROUP BY rid) AS t USING (rid)
  LEFT JOIN (SELECT rid, arg_min(mailbox, place) AS mailbox2 FROM mailboxes WHERE place > 1 AND NOT role GROUP BY rid) AS boxes USING (rid)
  LEFT JOIN employers AS e USING (rid)
  LEFT JOIN sites ON sites.name = e.name
  LEFT JOIN brands ON brands.domain = e.domain
), named AS (
  SELECT
    * EXCLUDE (told_given, told_family, spelt),
    CASE WHEN len(told_given) > 0 THEN told_given
         WHEN spelt IS NULL THEN NULL WHEN len(told_family) = 0 OR spelt[2] = told_family[1] THEN spelt[1:1]
         WHEN spelt[1] = told_family[1] THEN spelt[2:2] END AS given,
    CASE WHEN len(told_family) > 0 THEN told_family
         WHEN spelt IS NULL THEN NULL WHEN len(told_given) = 0 OR spelt[1] = told_given[1] THEN spelt[2:2]
         WHEN spelt[2] = told_given[1] THEN spelt[1:1] END AS family
  FROM heads
)
SELECT
  * EXCLUDE (given, family), given[1] AS g, given[2] AS g2, array_to_string(given, ' ') AS forename,
  family[1] AS s, family[2] AS s2, array_to_string(family, '') AS surname, regexp_replace(local, '[^a-z]', '', 'g') AS plain,
  longer[1] AS longer1, longer[2] AS longer2, longer[3] AS longer3
FROM named LEFT JOIN nicknames ON nickname = given[1]

-- name: shared
-- How many people use one number or one mailbox: a switchboard and a role prove nothing.
SELECT
  'phone' AS kind, t.phone AS value, count(*) AS records, count(DISTINCT g) AS givens, count(DISTINCT s) AS surnames,
  count(DISTINCT employer) AS employers
FROM telephones AS t JOIN persons USING (rid) GROUP BY t.phone HAVING count(*) > 1
UNION ALL
SELECT 'mailbox', m.mailbox, count(*), count(DISTINCT g), count(DISTINCT s), count(DISTINCT employer)
FROM mailboxes AS m JOIN persons USING (rid) GROUP BY m.mailbox HAVING count(*) > 1

-- name: known
-- What every record says, and how often others say the same: a rare name proves more than a common one.
WITH
  givens AS (SELECT g, count(*) / (SELECT count(g) FROM persons) AS share FROM persons WHERE g IS NOT NULL GROUP BY g),
  surnames AS (SELECT s, count(*) / (SELECT count(s) FROM persons) AS share FROM persons WHERE s IS NOT NULL GROUP BY s),
  cities AS (SELECT city, count(*) / (SELECT count(city) FROM persons) AS share FROM persons WHERE city IS NOT NULL GROUP BY city),
  locals AS (SELECT local, count(*) / (SELECT count(local) FROM persons) AS share FROM persons WHERE local IS NOT NULL GROUP BY local),
  staffs AS (SELECT employer, count(*) AS records FROM persons WHERE employer IS NOT NULL GROUP BY employer),
  namesakes AS (
    SELECT g, s, count(*) AS records, count(DISTINCT employer) AS employers
    FROM persons WHERE g IS NOT NULL AND s IS NOT NULL AND length(g) > 1 GROUP BY g, s
  ),
  families AS (
    SELECT employer, s, count(DISTINCT g) FILTER (length(g) > 1) AS givens
    FROM persons WHERE employer IS NOT NULL AND s IS NOT NULL GROUP BY employer, s
  ),
  firsts AS (
    SELECT employer, g, count(DISTINCT s) FILTER (length(s) > 1) AS surnames
    FROM persons WHERE employer IS NOT NULL AND g IS NOT NULL GROUP BY employer, g
  ),
  numbers AS (SELECT value AS phone, * EXCLUDE (kind, value) FROM shared WHERE kind = 'phone'),
  boxes AS (SELECT value AS mailbox, * EXCLUDE (kind, value) FROM shared WHERE kind = 'mailbox'),
  total AS (SELECT ln(count(*) + 1) AS size FROM persons)
SELECT
  rid, mark(source) AS source, round(epoch(created_at) / 86400)::INTEGER AS day, mark(city) AS city, mark(title) AS title,
  mark(country) AS country, local, mark(host) AS host, mark(mailbox) AS mailbox, mark(mailbox2) AS mailbox2, role, free,
  phone, mark(phone) AS number, mark(phone2) AS number2, company, mark(company) AS brand, mark(own) AS own,
  mark(employer) AS employer, g, g2, forename, s, s2, surname, plain, longer1, longer2, longer3,
  total.size::FLOAT AS size, -ln(givens.share)::FLOAT AS given_bits, -ln(surnames.share)::FLOAT AS family_bits,
  coalesce(-ln(cities.share), 0)::FLOAT AS city_bits, coalesce(-ln(locals.share), 0)::FLOAT AS local_bits,
  coalesce(ln(staffs.records), 0)::FLOAT AS staff, ln(namesakes.records)::FLOAT AS namesakes,
  ln(greatest(namesakes.employers, 1))::FLOAT AS employers, coalesce(families.givens, 0)::USMALLINT AS givens_there,
  coalesce(firsts.surnames, 0)::USMALLINT AS surnames_there, coalesce(ln(numbers.records), 0)::FLOAT AS phone_records,
  ln(1 + coalesce(numbers.givens, 0))::FLOAT AS phone_givens, ln(1 + coalesce(numbers.surnames, 0))::FLOAT AS phone_surnames,
  ln(1 + coalesce(numbers.employers, 0))::FLOAT AS phone_employers, ln(1 + coalesce(boxes.givens, 0))::FLOAT AS mail_givens,
  ln(1 + coalesce(boxes.surnames, 0))::FLOAT AS mail_surnames
FROM persons AS p CROSS JOIN total
LEFT JOIN givens USING (g) LEFT JOIN surnames USING (s) LEFT JOIN cities USING (city) LEFT JOIN locals USING (local)
LEFT JOIN staffs USING (employer) LEFT JOIN namesakes USING (g, s) LEFT JOIN families USING (employer, s)
LEFT JOIN firsts USING (employer, g) LEFT JOIN numbers USING (phone) LEFT JOIN boxes USING (mailbox)
