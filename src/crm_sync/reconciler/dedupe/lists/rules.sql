-- name: mailbox
-- The same mailbox.
SELECT hash(mailbox) AS key, rid FROM entries WHERE mailbox IS NOT NULL

-- name: phone
-- The same phone.
SELECT hash(phone) AS key, rid FROM entries WHERE phone IS NOT NULL

-- name: number
-- The same national number.
SELECT hash(nid) AS key, rid FROM entries WHERE nid IS NOT NULL

-- name: local
-- The same name of a mailbox, whatever its domain.
SELECT hash(local) AS key, rid FROM entries WHERE length(local) > 4

-- name: name
-- The same name, in either order.
SELECT hash(least(g, s), greatest(g, s)) AS key, rid FROM entries WHERE g IS NOT NULL AND s IS NOT NULL

-- name: name_year
-- The same frequent name and year of birth.
SELECT hash(least(g, s), greatest(g, s), year) AS key, rid FROM entries WHERE g IS NOT NULL AND s IS NOT NULL AND year IS NOT NULL

-- name: name_place
-- The same frequent name at the same place.
SELECT hash(least(g, s), greatest(g, s), coalesce(postcode, city)) AS key, rid
FROM entries WHERE g IS NOT NULL AND s IS NOT NULL AND coalesce(postcode, city) IS NOT NULL

-- name: birth
-- The same birth date, if few have it.
SELECT hash(born) AS key, rid FROM entries WHERE born IS NOT NULL

-- name: birth_initial
-- The same birth date, and an initial of the name in either place.
SELECT hash(born, left(word, 1)) AS key, rid FROM names WHERE born IS NOT NULL

-- name: day_and_name
-- The same day and month, and one name: the year is off.
SELECT hash(month, day, word) AS key, rid FROM names WHERE month IS NOT NULL

-- name: swapped_and_name
-- Day and month may be swapped; one name is the same.
SELECT hash(year, least(month, day), greatest(month, day), word) AS key, rid FROM names WHERE month IS NOT NULL

-- name: month_and_name
-- The same year and month, and one name: the day is off.
SELECT hash(year, month, word) AS key, rid FROM names WHERE year IS NOT NULL

-- name: year_and_beginnings
-- The same year, and the first letters of both names in either order: finds misspelt names.
SELECT hash(year, least(left(g, 2), left(s, 2)), greatest(left(g, 2), left(s, 2))) AS key, rid FROM entries
WHERE g IS NOT NULL AND s IS NOT NULL AND year IS NOT NULL

-- name: city_and_name
-- The same city and one name, if few have both.
SELECT hash(city, word) AS key, rid FROM names WHERE city IS NOT NULL

-- name: postcode_and_name
-- The same postcode and one name.
SELECT hash(postcode, word) AS key, rid FROM names WHERE postcode IS NOT NULL

-- name: street_and_name
-- The same street and one name.
SELECT hash(street, word) AS key, rid FROM names WHERE street IS NOT NULL

-- name: birth_and_place
-- The same birth date and city.
SELECT hash(born, city) AS key, rid FROM entries WHERE born IS NOT NULL AND city IS NOT NULL

-- name: birth_and_postcode
-- The same birth date and postcode.
SELECT hash(born, postcode) AS key, rid FROM entries WHERE born IS NOT NULL AND postcode IS NOT NULL

-- name: beginnings
-- The first letters of both names in either order, if few have them.
SELECT hash(least(left(g, 3), left(s, 3)), greatest(left(g, 3), left(s, 3))) AS key, rid FROM entries WHERE g IS NOT NULL AND s IS NOT NULL

-- name: one_name
-- One name, if hardly anybody has it.
SELECT hash(word) AS key, rid FROM names WHERE length(word) > 2

-- name: street
-- The same street with its number and postcode or city.
SELECT hash(street, coalesce(postcode, city)) AS key, rid FROM entries WHERE street IS NOT NULL

-- name: company
-- The same name of an organisation, however it is spaced, in whatever order.
SELECT hash(company) AS key, rid FROM entries WHERE company IS NOT NULL
UNION ALL
SELECT hash(ordered), rid FROM entries WHERE ordered IS NOT NULL

-- name: company_place
-- The same beginning of an organisation's name at the same place.
SELECT hash(left(company, 4), coalesce(postcode, city)) AS key, rid FROM entries WHERE company IS NOT NULL

-- name: company_word
-- One word of an organisation's name that hardly any other has.
SELECT hash(word) AS key, rid FROM (SELECT rid, unnest(list_distinct(string_split(ordered, ' '))) AS word FROM entries) WHERE length(word) > 2

-- name: company_ends
-- The same beginning or end of an organisation's name: finds misspelt ones.
SELECT hash(left(company, 6)) AS key, rid FROM entries WHERE length(company) > 6
UNION ALL
SELECT hash(right(company, 6)), rid FROM entries WHERE length(company) > 6

-- name: site
-- The same domain.
SELECT hash(site) AS key, rid FROM entries WHERE site IS NOT NULL
