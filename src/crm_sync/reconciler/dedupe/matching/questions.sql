-- name: spelled
-- Every record with its words folded: no accents, no case, no punctuation; what says nothing is left out.
WITH read AS MATERIALIZED (
  SELECT
    rid, source, try_cast(created_at AS TIMESTAMP) AS created_at, emails, phones, lower(trim(domain)) AS site,
    letters(first_name, last_name, full_name, city, country) AS words, signs(company, title) AS signs
  FROM people
), folded AS MATERIALIZED (
  SELECT
    rid, source, created_at, emails, phones, site, name_words(words[1]) AS first, name_words(words[2]) AS last,
    name_words(words[3]) AS whole, trim(signs[1]) AS company, trim(words[4]) AS city, trim(signs[2]) AS title, trim(words[5]) AS country
  FROM read
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
    WHEN regexp_full_match(number, '541115[0-9]{8}') THEN '5411' || right(number, 8)
    WHEN regexp_full_match(number, '54[0-9]{3}15[0-9]{7}') THEN left(number, 5) || right(number, 7)
    WHEN regexp_full_match(number, '54[0-9]{4}15[0-9]{6}') THEN left(number, 6) || right(number, 6)
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
WHERE records * 2 > total GROUP BY name ORDER BY name

-- name: brands
-- The name that most records of a domain give their company.
SELECT domain, max(struct_pack(records := records, name := name)).name AS brand
FROM (SELECT domain, name, count(*) AS records FROM employers WHERE name IS NOT NULL AND domain IS NOT NULL GROUP BY domain, name)
GROUP BY domain ORDER BY domain

-- name: persons
-- One row a record with all that it says of a human being; a name that only the mailbox tells counts as told.
WITH heads AS (
  SELECT
    s.rid, s.source, s.created_at, s.given AS told_given, s.family AS told_family, s.city, s.title, s.country,
    m.local, m.domain AS host, m.mailbox, m.role, m.free, t.phones[1] AS phone, t.phones[2] AS phone2, boxes.mailbox2,
    coalesce(e.name, brands.brand) AS company, e.domain AS own, domain_root(e.domain) AS root,
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

-- name: numbers
-- How many people use one number: a switchboard proves nothing.
SELECT
  t.phone, ln(count(*))::FLOAT AS phone_records, ln(1 + count(DISTINCT g))::FLOAT AS phone_givens,
  ln(1 + count(DISTINCT s))::FLOAT AS phone_surnames, ln(1 + count(DISTINCT employer))::FLOAT AS phone_employers
FROM telephones AS t JOIN persons USING (rid) GROUP BY t.phone HAVING count(*) > 1 ORDER BY t.phone

-- name: boxes
-- How many people use one mailbox: that of a role proves nothing.
SELECT m.mailbox, ln(1 + count(DISTINCT g))::FLOAT AS mail_givens, ln(1 + count(DISTINCT s))::FLOAT AS mail_surnames
FROM mailboxes AS m JOIN persons USING (rid) GROUP BY m.mailbox HAVING count(*) > 1 ORDER BY m.mailbox

-- name: givens
-- Given names that several have: the fewer, the more bits.
SELECT g, -ln(count(*) / (SELECT count(g) FROM persons))::FLOAT AS given_bits
FROM persons WHERE g IS NOT NULL GROUP BY g HAVING count(*) > 1 ORDER BY g

-- name: surnames
-- Surnames that several have.
SELECT s, -ln(count(*) / (SELECT count(s) FROM persons))::FLOAT AS family_bits
FROM persons WHERE s IS NOT NULL GROUP BY s HAVING count(*) > 1 ORDER BY s

-- name: cities
-- Cities where several are.
SELECT city, -ln(count(*) / (SELECT count(city) FROM persons))::FLOAT AS city_bits
FROM persons WHERE city IS NOT NULL GROUP BY city HAVING count(*) > 1 ORDER BY city

-- name: locals
-- Names of mailboxes that several have.
SELECT local, -ln(count(*) / (SELECT count(local) FROM persons))::FLOAT AS local_bits
FROM persons WHERE local IS NOT NULL GROUP BY local HAVING count(*) > 1 ORDER BY local

-- name: staffs
-- Employers with several records.
SELECT employer, ln(count(*))::FLOAT AS staff
FROM persons WHERE employer IS NOT NULL GROUP BY employer HAVING count(*) > 1 ORDER BY employer

-- name: twins
-- Names of companies that domains of several names stand for.
SELECT name AS company, ln(count(DISTINCT root))::FLOAT AS twins
FROM (SELECT name, domain_root(domain) AS root FROM employers WHERE name IS NOT NULL AND domain IS NOT NULL)
GROUP BY name HAVING count(DISTINCT root) > 1 ORDER BY name

-- name: namesakes
-- Names that several records have, and at how many employers.
SELECT g, s, ln(count(*))::FLOAT AS namesakes, ln(greatest(count(DISTINCT employer), 1))::FLOAT AS employers
FROM persons WHERE s IS NOT NULL AND length(g) > 1 GROUP BY g, s HAVING count(*) > 1 ORDER BY g, s

-- name: families
-- Surnames that several given names have at one employer.
SELECT employer, s, (count(DISTINCT g) FILTER (length(g) > 1))::USMALLINT AS givens_there
FROM persons WHERE employer IS NOT NULL AND s IS NOT NULL GROUP BY employer, s HAVING givens_there > 1 ORDER BY employer, s

-- name: firsts
-- Given names that several surnames have at one employer.
SELECT employer, g, (count(DISTINCT s) FILTER (length(s) > 1))::USMALLINT AS surnames_there
FROM persons WHERE employer IS NOT NULL AND g IS NOT NULL GROUP BY employer, g HAVING surnames_there > 1 ORDER BY employer, g

-- name: total
-- How many records there are, and how much a word says that only one of them has.
SELECT
  ln(count(*) + 1)::FLOAT AS size, -ln(1 / greatest(count(g), 1))::FLOAT AS lone_given, -ln(1 / greatest(count(s), 1))::FLOAT AS lone_family,
  -ln(1 / greatest(count(city), 1))::FLOAT AS lone_city, -ln(1 / greatest(count(local), 1))::FLOAT AS lone_local
FROM persons

-- name: known
-- What every record says, and how often others say the same: a rare name proves more than a common one.
SELECT
  rid, mark(source) AS source, round(epoch(created_at) / 86400)::INTEGER AS day, mark(city) AS city, mark(title) AS title,
  mark(country) AS country, local, mark(host) AS host, mark(mailbox) AS mailbox, mark(mailbox2) AS mailbox2, role, free,
  phone, mark(phone) AS number, mark(phone2) AS number2, company, mark(company) AS brand, mark(own) AS own, mark(root) AS root,
  mark(employer) AS employer, g, g2, forename, s, s2, surname, plain, longer1, longer2, longer3, size,
  CASE WHEN g IS NOT NULL THEN coalesce(given_bits, lone_given) END AS given_bits,
  CASE WHEN s IS NOT NULL THEN coalesce(family_bits, lone_family) END AS family_bits,
  CASE WHEN city IS NOT NULL THEN coalesce(city_bits, lone_city) ELSE 0 END AS city_bits,
  CASE WHEN local IS NOT NULL THEN coalesce(local_bits, lone_local) ELSE 0 END AS local_bits,
  coalesce(staff, 0)::FLOAT AS staff, coalesce(twins, 0)::FLOAT AS twins,
  CASE WHEN s IS NOT NULL AND length(g) > 1 THEN coalesce(namesakes, 0)::FLOAT END AS namesakes,
  coalesce(employers, 0)::FLOAT AS employers, coalesce(givens_there, 0)::USMALLINT AS givens_there,
  coalesce(surnames_there, 0)::USMALLINT AS surnames_there, coalesce(phone_records, 0)::FLOAT AS phone_records,
  coalesce(phone_givens, 0)::FLOAT AS phone_givens, coalesce(phone_surnames, 0)::FLOAT AS phone_surnames,
  coalesce(phone_employers, 0)::FLOAT AS phone_employers, coalesce(mail_givens, 0)::FLOAT AS mail_givens,
  coalesce(mail_surnames, 0)::FLOAT AS mail_surnames
FROM persons AS p CROSS JOIN total
LEFT JOIN givens USING (g) LEFT JOIN surnames USING (s) LEFT JOIN cities USING (city) LEFT JOIN locals USING (local)
LEFT JOIN staffs USING (employer) LEFT JOIN twins USING (company) LEFT JOIN namesakes USING (g, s) LEFT JOIN families USING (employer, s)
LEFT JOIN firsts USING (employer, g) LEFT JOIN numbers USING (phone) LEFT JOIN boxes USING (mailbox)
