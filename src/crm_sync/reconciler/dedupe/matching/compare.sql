-- name: compared
-- Each pair with what its two records say of each other, in words: the same, near, different, or nothing said.
WITH compared AS (
  SELECT
    a, b, x.source <> y.source AS across,
    CASE WHEN x.g IS NULL OR y.g IS NULL THEN 'miss' WHEN x.g = y.g THEN CASE WHEN length(x.g) = 1 THEN 'init' ELSE 'same' END
      WHEN x.g = y.g2 OR x.g2 = y.g OR x.g2 = y.g2 THEN 'part'
      WHEN y.g IN (x.longer1, x.longer2, x.longer3) OR y.forename = x.longer1 OR x.g IN (y.longer1, y.longer2, y.longer3)
        OR x.forename = y.longer1 OR x.longer1 = y.longer1 THEN 'nick'
      WHEN length(x.g) = 1 OR length(y.g) = 1 THEN CASE WHEN left(x.g, 1) = left(y.g, 1) THEN 'init' ELSE 'diff' END
      WHEN x.g = y.s AND y.g = x.s THEN 'swap' WHEN starts_with(x.g, y.g) OR starts_with(y.g, x.g) THEN 'pre'
      WHEN length(x.g) > 3 AND one_edit(x.g, y.g) THEN 'typo'
      WHEN left(x.g, 1) = left(y.g, 1) AND jaro_winkler_similarity(x.g, y.g) >= 0.9 THEN 'near'
      WHEN left(x.g, 1) = left(y.s, 1) AND left(y.g, 1) = left(x.s, 1) AND one_edit(x.g, y.s) AND one_edit(y.g, x.s) THEN 'swap' ELSE 'diff' END AS given,
    CASE WHEN x.s IS NULL OR y.s IS NULL THEN 'miss' WHEN x.surname = y.surname THEN CASE WHEN x.s2 IS NULL OR y.s2 IS NULL THEN 'same' ELSE 'both' END
      WHEN x.s = y.s AND (x.s2 IS NULL OR y.s2 IS NULL) THEN 'same1' WHEN x.s = y.s THEN 'half'
      WHEN x.g = y.s AND y.g = x.s THEN 'swap' WHEN x.s = y.s2 OR x.s2 = y.s OR x.s2 = y.s2 THEN 'part'
      WHEN length(x.s) > 3 AND one_edit(x.s, y.s) OR one_edit(x.surname, y.surname) THEN 'typo'
      WHEN left(x.s, 1) = left(y.s, 1) AND jaro_winkler_similarity(x.s, y.s) >= 0.92 THEN 'near'
      WHEN (length(x.s) = 1 OR length(y.s) = 1) AND left(x.s, 1) = left(y.s, 1) THEN 'init'
      WHEN left(x.g, 1) = left(y.s, 1) AND left(y.g, 1) = left(x.s, 1) AND one_edit(x.g, y.s) AND one_edit(y.g, x.s) THEN 'swap' ELSE 'diff' END AS family,
    CASE WHEN x.local IS NULL OR y.local IS NULL THEN 'miss' WHEN x.role OR y.role THEN 'role'
      WHEN x.mailbox = y.mailbox OR x.mailbox = y.mailbox2 OR x.mailbox2 = y.mailbox OR x.mailbox2 = y.mailbox2 THEN 'same'
      WHEN x.local = y.local THEN CASE WHEN x.free AND y.free THEN 'localfree' ELSE 'local' END
      WHEN x.host = y.host AND x.plain = y.plain AND regexp_replace(x.local, '[^0-9]', '', 'g') <> regexp_replace(y.local, '[^0-9]', '', 'g')
        THEN CASE WHEN x.free THEN 'countfree' ELSE 'count' END
      WHEN x.host = y.host AND NOT x.free AND (one_more(x, y) OR one_more(y, x)) THEN 'count'
      WHEN x.host = y.host AND x.free THEN CASE WHEN left(x.local, 1) = left(y.local, 1) AND one_edit(x.local, y.local) THEN 'typo' ELSE 'difffree' END
      WHEN x.host = y.host THEN CASE WHEN length(x.local) > 4 AND left(x.local, 1) = left(y.local, 1) AND one_edit(x.local, y.local) THEN 'typo' ELSE 'diffsame' END
      WHEN x.free <> y.free THEN 'workfree' ELSE 'diff' END AS mail,
    CASE WHEN x.phone IS NULL OR y.phone IS NULL THEN 'miss' WHEN x.number = y.number OR x.number = y.number2 OR x.number2 = y.number OR x.number2 = y.number2 THEN 'same'
      WHEN length(x.phone) > 8 AND right(x.phone, 8) = right(y.phone, 8) THEN 'tail'
      WHEN length(x.phone) > 9 AND one_edit(x.phone, y.phone) THEN 'typo' ELSE 'diff' END AS phone,
    CASE WHEN x.employer IS NULL OR y.employer IS NULL THEN 'miss' WHEN x.own = y.own THEN 'dom' WHEN x.employer = y.employer THEN 'org'
      WHEN x.brand = y.brand THEN CASE WHEN x.own IS NULL OR y.own IS NULL THEN 'name' WHEN x.root = y.root THEN 'alias' ELSE 'twin' END
      WHEN left(x.company, 3) = left(y.company, 3) AND jaro_winkler_similarity(x.company, y.company) > 0.93 THEN 'near'
      WHEN starts_with(x.company, y.company) OR starts_with(y.company, x.company) THEN 'pre' ELSE 'diff' END AS employer,
    CASE WHEN x.city IS NULL OR y.city IS NULL THEN 'miss' WHEN x.city = y.city THEN 'same' ELSE 'diff' END AS city,
    CASE WHEN x.country IS NULL OR y.country IS NULL THEN 'miss' WHEN x.country = y.country THEN 'same' ELSE 'diff' END AS country,
    CASE WHEN x.title IS NULL OR y.title IS NULL THEN 'miss' WHEN x.title = y.title THEN 'same' ELSE 'diff' END AS title,
    mail_tells(x, y) AS hers, mail_tells(y, x) AS his,
    x.size, least(x.given_bits, y.given_bits) AS given_bits, least(x.family_bits, y.family_bits) AS family_bits,
    x.city_bits, x.local_bits, x.staff, greatest(x.twins, y.twins) AS twins,
    x.phone_records, x.phone_givens, x.phone_surnames, x.phone_employers, x.mail_givens, x.mail_surnames,
    coalesce(x.namesakes, y.namesakes, 0) AS namesakes, coalesce(x.employers, y.employers, 0) AS employers,
    greatest(x.givens_there, y.givens_there) AS givens_there, greatest(x.surnames_there, y.surnames_there) AS surnames_there,
    coalesce(abs(x.day - y.day), 365) / 365 AS years,
    x.g = y.s OR x.s = y.g OR left(x.g, 1) = left(y.s, 1) AND left(x.s, 1) = left(y.g, 1) AS crossed
  FROM pairs JOIN known AS x ON x.rid = a JOIN known AS y ON y.rid = b
), judged AS (
  SELECT *,
    given IN ('same', 'part', 'nick') AS same_given, family IN ('both', 'same', 'same1', 'half', 'part') AS same_family,
    given IN ('same', 'part', 'nick') AND family IN ('both', 'same', 'same1', 'half', 'part') OR given = 'swap' AS same_name,
    given IN ('same', 'part', 'nick', 'typo', 'near', 'pre', 'init', 'swap') AND family IN ('both', 'same', 'same1', 'part', 'typo', 'near', 'swap', 'half') AS near_name,
    employer IN ('dom', 'org', 'name', 'alias', 'near') AS same_employer, mail = 'same' AS same_mail, phone = 'same' AS same_phone,
    greatest(given_bits + family_bits - size, -8) AS rare_name,
    mail = 'same' AND given <> 'diff' AND family <> 'diff' AND (mail_givens < 0.7 OR given IN ('same', 'nick'))
      OR phone = 'same' AND given IN ('same', 'nick') AND family IN ('both', 'same', 'same1') AS proven,
    mail = 'same' AND given = 'diff' AND family = 'diff' AND NOT crossed
      OR mail = 'diffsame' AND phone = 'diff' AND family IN ('same1', 'half', 'part') AS contested
  FROM compared
)
