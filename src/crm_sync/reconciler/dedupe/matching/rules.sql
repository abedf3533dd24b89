-- name: mailbox
-- The same mailbox, that of a role left out.
SELECT hash(mailbox) AS key, rid FROM mailboxes WHERE NOT role

-- name: phone
-- The same phone.
SELECT hash(phone) AS key, rid FROM telephones

-- name: phone_given
-- The same switchboard and the same given name, short forms too.
SELECT hash(phone, name) AS key, rid FROM telephones JOIN spellings USING (rid)

-- name: name
-- The same name, in either order.
SELECT hash(least(name, s), greatest(name, s)) AS key, rid FROM spellings WHERE s IS NOT NULL

-- name: name_place
-- The same frequent name at the same place.
SELECT hash(least(name, s), greatest(name, s), coalesce(country, ''), coalesce(city, '')) AS key, rid
FROM spellings WHERE s IS NOT NULL AND (country IS NOT NULL OR city IS NOT NULL)

-- name: employer_family
-- The same surname at the same employer.
SELECT hash(employer, s) AS key, rid FROM persons WHERE employer IS NOT NULL AND s IS NOT NULL

-- name: employer_given
-- The same given name at the same employer, short forms too.
SELECT hash(employer, name) AS key, rid FROM spellings WHERE employer IS NOT NULL

-- name: company_family
-- The same surname at a company of the same name, whatever its domain.
SELECT hash(company, s) AS key, rid FROM persons WHERE company IS NOT NULL AND s IS NOT NULL

-- name: company_given
-- The same given name at a company of the same name.
SELECT hash(company, g) AS key, rid FROM persons WHERE company IS NOT NULL AND g IS NOT NULL

-- name: local
-- The same name of a mailbox, whatever its domain.
SELECT hash(local) AS key, rid FROM mailboxes WHERE length(local) >= 5 AND NOT role

-- name: employer_local
-- The same letters before the @ at the same employer.
SELECT hash(employer, plain) AS key, rid FROM persons WHERE employer IS NOT NULL AND plain <> '' AND NOT role

-- name: employer_initials
-- The same initials at the same employer: finds misspelt names, and mailboxes without a name.
SELECT hash(employer, CASE WHEN g IS NULL OR s IS NULL THEN left(plain, 3) ELSE left(g, 1) || left(s, 2) END) AS key, rid
FROM persons WHERE employer IS NOT NULL AND (g IS NOT NULL AND s IS NOT NULL OR plain <> '')

-- name: employer_beginning
-- The same beginning of the given name at the same employer.
SELECT hash(employer, CASE WHEN g IS NULL OR s IS NULL THEN left(plain, 3) ELSE left(g, 3) END) AS key, rid
FROM persons WHERE employer IS NOT NULL AND (g IS NOT NULL AND s IS NOT NULL OR plain <> '')

-- name: initial_family
-- The same rare surname with the same initial.
SELECT hash(left(g, 1), s) AS key, rid FROM persons WHERE g IS NOT NULL AND s IS NOT NULL

-- name: place_family
-- The same surname in the same city, where few have it.
SELECT hash(city, s) AS key, rid FROM persons WHERE city IS NOT NULL AND s IS NOT NULL

-- name: place_given
-- The same given name in the same city, where few have it.
SELECT hash(city, g) AS key, rid FROM persons WHERE city IS NOT NULL AND g IS NOT NULL

-- name: family
-- The same surname, if hardly anybody has it.
SELECT hash(s) AS key, rid FROM persons WHERE s IS NOT NULL

-- name: given
-- The same given name, if hardly anybody has it.
SELECT hash(g) AS key, rid FROM persons WHERE length(g) > 1
