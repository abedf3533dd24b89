-- name: compared
-- Each pair with what its two records say of each other, in words: the same, near, different, or nothing said.
WITH numbers AS (SELECT value AS phone, records, givens, surnames, employers FROM shared WHERE kind = 'phone'),
boxes AS (SELECT value AS mailbox, records, givens, surnames FROM shared WHERE kind = 'mailbox'),
x AS (
  SELECT known.*, numbers.records AS phone_records, numbers.givens AS phone_givens, numbers.surnames AS phone_surnames,
    numbers.employers AS phone_employers, boxes.givens AS mail_givens, boxes.surnames AS mail_surnames
  FROM known LEFT JOIN numbers USING (phone) LEFT JOIN boxes USING (mailbox)
), compared AS (
  SELECT
    a, b, x.source <> y.source AS across,
    CASE WHEN x.g IS NULL OR y.g IS NULL THEN 'miss' WHEN x.g = y.g THEN 'same' WHEN list_has_any(x.given, y.given) THEN 'part'
      WHEN list_has_any(x.names, y.names) THEN 'nick'
      WHEN length(x.g) = 1 OR length(y.g) = 1 THEN CASE WHEN x.g[1] = y.g[1] THEN 'init' ELSE 'diff' END
      WHEN x.g = y.s AND y.g = x.s THEN 'swap' WHEN starts_with(x.g, y.g) OR starts_with(y.g, x.g) THEN 'pre'
      WHEN length(x.g) > 3 AND damerau_levenshtein(x.g, y.g) <= 1 THEN 'typo'
      WHEN jaro_winkler_similarity(x.g, y.g) >= 0.9 THEN 'near' ELSE 'diff' END AS given,
    CASE WHEN x.s IS NULL OR y.s IS NULL THEN 'miss' WHEN x.surname = y.surname THEN 'same'
      WHEN x.s = y.s AND (x.s2 IS NULL OR y.s2 IS NULL) THEN 'same1' WHEN x.s = y.s THEN 'half'
      WHEN x.g = y.s AND y.g = x.s THEN 'swap' WHEN list_has_any(x.family, y.family) THEN 'part'
      WHEN length(x.s) > 3 AND damerau_levenshtein(x.s, y.s) <= 1 OR damerau_levenshtein(x.surname, y.surname) <= 1 THEN 'typo'
      WHEN jaro_winkler_similarity(x.s, y.s) >= 0.92 THEN 'near'
      WHEN (length(x.s) = 1 OR length(y.s) = 1) AND x.s[1] = y.s[1] THEN 'init' ELSE 'diff' END AS family,
    CASE WHEN x.local IS NULL OR y.local IS NULL THEN 'miss' WHEN x.role OR y.role THEN 'role'
      WHEN x.mailbox = y.mailbox OR list_has_any(x.mailboxes, y.mailboxes) THEN 'same'
      WHEN x.local = y.local THEN CASE WHEN x.free AND y.free THEN 'localfree' ELSE 'local' END
      WHEN x.host = y.host AND x.free THEN CASE WHEN damerau_levenshtein(x.local, y.local) <= 1 THEN 'typo' ELSE 'difffree' END
      WHEN x.host = y.host THEN CASE WHEN length(x.local) > 4 AND damerau_levenshtein(x.local, y.local) <= 1 THEN 'typo' ELSE 'diffsame' END
      WHEN x.free <> y.free THEN 'workfree' ELSE 'diff' END AS mail,
    CASE WHEN x.phone IS NULL OR y.phone IS NULL THEN 'miss' WHEN x.phone = y.phone OR list_has_any(x.phones, y.phones) THEN 'same'
      WHEN length(x.phone) > 8 AND right(x.phone, 8) = right(y.phone, 8) THEN 'tail'
      WHEN length(x.phone) > 9 AND damerau_levenshtein(x.phone, y.phone) <= 1 THEN 'typo' ELSE 'diff' END AS phone,
    CASE WHEN x.employer IS NULL OR y.employer IS NULL THEN 'miss' WHEN x.own = y.own THEN 'dom' WHEN x.employer = y.employer THEN 'org'
      WHEN x.company = y.company THEN 'name' WHEN jaro_winkler_similarity(x.company, y.company) > 0.93 THEN 'near'
      WHEN starts_with(x.company, y.company) OR starts_with(y.company, x.company) THEN 'pre' ELSE 'diff' END AS employer,
    CASE WHEN x.city IS NULL OR y.city IS NULL THEN 'miss' WHEN x.city = y.city THEN 'same' ELSE 'diff' END AS city,
    CASE WHEN x.country IS NULL OR y.country IS NULL THEN 'miss' WHEN x.country = y.country THEN 'same' ELSE 'diff' END AS country,
    CASE WHEN x.title IS NULL OR y.title IS NULL THEN 'miss' WHEN x.title = y.title THEN 'same' ELSE 'diff' END AS title,
    CASE WHEN x.plain IS NULL OR y.g IS NULL OR y.s IS NULL OR x.free OR x.role THEN 'na'
      WHEN contains(x.plain, y.s) AND contains(x.plain, y.g) THEN 'full' WHEN contains(x.plain, y.s) AND starts_with(x.plain, y.g[1]) THEN 'ini'
      WHEN x.plain = y.g OR contains(x.plain, y.s) THEN 'part' ELSE 'no' END AS hers,
    CASE WHEN y.plain IS NULL OR x.g IS NULL OR x.s IS NULL OR y.free OR y.role THEN 'na'
      WHEN contains(y.plain, x.s) AND contains(y.plain, x.g) THEN 'full' WHEN contains(y.plain, x.s) AND starts_with(y.plain, x.g[1]) THEN 'ini'
      WHEN y.plain = x.g OR contains(y.plain, x.s) THEN 'part' ELSE 'no' END AS his,
    x.size, least(x.given_bits, y.given_bits) AS given_bits, least(x.family_bits, y.family_bits) AS family_bits,
    coalesce(x.city_bits, 0) AS city_bits, coalesce(x.local_bits, 0) AS local_bits, coalesce(x.staff, 0) AS staff,
    coalesce(ln(x.phone_records), 0) AS phone_records, ln(1 + coalesce(x.phone_givens, 0)) AS phone_givens,
    ln(1 + coalesce(x.phone_surnames, 0)) AS phone_surnames, ln(1 + coalesce(x.phone_employers, 0)) AS phone_employers,
    ln(1 + coalesce(x.mail_givens, 0)) AS mail_givens, ln(1 + coalesce(x.mail_surnames, 0)) AS mail_surnames,
    coalesce(x.namesakes, y.namesakes, 0) AS namesakes, coalesce(x.employers, y.employers, 0) AS employers,
    greatest(coalesce(x.givens_there, 0), coalesce(y.givens_there, 0)) AS givens_there,
    greatest(coalesce(x.surnames_there, 0), coalesce(y.surnames_there, 0)) AS surnames_there,
    coalesce(abs(date_diff('day', x.created_at, y.created_at)), 365) / 365 AS years
  FROM pairs JOIN x ON x.rid = a JOIN x AS y ON y.rid = b
), judged AS (
  SELECT *,
    given IN ('same', 'part', 'nick') AS same_given, family IN ('same', 'same1', 'half', 'part') AS same_family,
    given IN ('same', 'part', 'nick') AND family IN ('same', 'same1', 'half', 'part') OR given = 'swap' AS same_name,
    given IN ('same', 'part', 'nick', 'typo', 'near', 'pre', 'init', 'swap') AND family IN ('same', 'same1', 'part', 'typo', 'near', 'swap', 'half') AS near_name,
    employer IN ('dom', 'org', 'name', 'near') AS same_employer, mail = 'same' AS same_mail, phone = 'same' AS same_phone,
    greatest(given_bits + family_bits - size, -8) AS rare_name
  FROM compared
)
