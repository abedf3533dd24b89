-- name: domain
-- The same domain, told or written from.
SELECT site AS key, cid FROM firms WHERE site IS NOT NULL

-- name: label
-- The same registered name with another ending.
SELECT label AS key, cid FROM firms WHERE length(label) > 2

-- name: name
-- The same name, however it is spaced.
SELECT glued AS key, cid FROM firms WHERE length(glued) > 1

-- name: words
-- The same words in another order.
SELECT ordered AS key, cid FROM firms WHERE len(words) > 1

-- name: name_and_city
-- The same frequent name in the same city.
SELECT glued || ' ' || city AS key, cid FROM firms WHERE glued IS NOT NULL AND city IS NOT NULL

-- name: rare_word
-- One word in common that hardly any other name has.
SELECT word AS key, cid FROM rare

-- name: beginning
-- The same beginning: finds misspelt ends.
SELECT left(glued, 6) AS key, cid FROM firms WHERE length(glued) > 6

-- name: end
-- The same end: finds misspelt beginnings.
SELECT right(glued, 6) AS key, cid FROM firms WHERE length(glued) > 6

-- name: initials
-- The initials of one are the name of the other.
SELECT initials AS key, cid FROM firms WHERE initials IS NOT NULL
UNION ALL
SELECT glued AS key, cid FROM firms WHERE length(glued) BETWEEN 3 AND 6

-- name: phone
-- The same phone.
SELECT phone AS key, cid FROM firms WHERE phone IS NOT NULL

-- name: staff
-- The same person works there.
SELECT person AS key, cid FROM staff
