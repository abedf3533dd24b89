-- name: compared
-- Each pair with what its two records say of each other, in words: the same, near, different, or nothing said.
WITH crossing AS (
  SELECT
    a, b, NOT coalesce(x.g = y.g OR x.s = y.s, false) AND (x.g = y.s AND (x.s IS NULL OR y.g IS NULL) OR x.s = y.g AND (x.g IS NULL OR y.s IS NULL)
      OR jaro_winkler_similarity(x.g, y.s) + jaro_winkler_similarity(x.s, y.g) > 1.7) AS crossed
  FROM pairs JOIN known AS x ON x.rid = a JOIN known AS y ON y.rid = b
), oriented AS (
  SELECT
    a, b, coalesce(crossed, false) AS crossed, x.g AS g, x.s AS s, CASE WHEN crossed THEN y.s ELSE y.g END AS h, CASE WHEN crossed THEN y.g ELSE y.s END AS t,
    CASE WHEN crossed THEN y.family_bits ELSE y.given_bits END AS g_bits, CASE WHEN crossed THEN y.given_bits ELSE y.family_bits END AS s_bits
  FROM crossing JOIN known AS x ON x.rid = a JOIN known AS y ON y.rid = b
), compared AS (
  SELECT
    a, b,
    CASE WHEN o.g IS NULL OR o.h IS NULL THEN 'miss' WHEN o.g = o.h THEN 'same' WHEN x.g2 = o.h OR y.g2 = o.g THEN 'part'
      WHEN o.h IN (x.longer1, x.longer2, x.longer3) OR o.g IN (y.longer1, y.longer2, y.longer3) OR x.longer1 = y.longer1 THEN 'nick'
      WHEN (length(o.g) = 1 OR length(o.h) = 1) AND left(o.g, 1) = left(o.h, 1) THEN 'init'
      WHEN starts_with(o.g, o.h) OR starts_with(o.h, o.g) THEN 'pre'
      WHEN length(o.g) > 2 AND damerau_levenshtein(o.g, o.h) <= 1 THEN 'typo' WHEN jaro_winkler_similarity(o.g, o.h) >= 0.88 THEN 'near'
      WHEN jaro_winkler_similarity(o.g, o.h) >= 0.7 THEN 'far' ELSE 'diff' END AS given,
    CASE WHEN o.s IS NULL OR o.t IS NULL THEN 'miss' WHEN x.s2 IS NOT NULL AND y.s2 IS NOT NULL AND x.surname = y.surname THEN 'both'
      WHEN o.s = o.t AND x.s2 <> y.s2 AND NOT crossed THEN 'half' WHEN o.s = o.t OR x.surname = y.surname THEN 'same' WHEN x.s2 = o.t OR y.s2 = o.s THEN 'part'
      WHEN (length(o.s) = 1 OR length(o.t) = 1) AND left(o.s, 1) = left(o.t, 1) THEN 'init'
      WHEN length(o.s) > 2 AND damerau_levenshtein(o.s, o.t) <= 1 THEN 'typo' WHEN jaro_winkler_similarity(o.s, o.t) >= 0.88 THEN 'near'
      WHEN jaro_winkler_similarity(o.s, o.t) >= 0.7 THEN 'far' ELSE 'diff' END AS family,
    CASE WHEN x.g IS NULL AND x.s IS NULL OR y.g IS NULL AND y.s IS NULL THEN 'miss' WHEN crossed THEN 'swap' ELSE 'same' END AS turned,
    CASE WHEN x.year IS NULL OR y.year IS NULL THEN 'miss'
      WHEN x.born IS NULL OR y.born IS NULL THEN CASE WHEN x.year = y.year THEN 'year' WHEN abs(x.year::INT - y.year::INT) <= 1 THEN 'near' ELSE 'diff' END
      WHEN x.born = y.born THEN 'same' WHEN x.year = y.year AND x.month = y.day AND x.day = y.month THEN 'swap'
      WHEN damerau_levenshtein(x.born, y.born) <= 1 THEN 'typo' WHEN x.year = y.year AND (x.month = y.month OR x.day = y.day) THEN 'part'
      WHEN x.month = y.month AND x.day = y.day THEN 'off' WHEN damerau_levenshtein(x.born, y.born) <= 2 THEN 'far'
      WHEN x.year = y.year THEN 'half' ELSE 'diff' END AS birth,
    CASE WHEN x.nid IS NULL OR y.nid IS NULL THEN 'miss' WHEN x.nid = y.nid THEN 'same' WHEN x.proof AND y.proof THEN 'other'
      WHEN damerau_levenshtein(x.nid, y.nid) <= 1 THEN 'typo' WHEN damerau_levenshtein(x.nid, y.nid) <= 2 THEN 'near' ELSE 'diff' END AS number,
    CASE WHEN x.mailbox IS NULL OR y.mailbox IS NULL THEN 'miss' WHEN x.mailbox = y.mailbox THEN 'same'
      WHEN damerau_levenshtein(x.mailbox, y.mailbox) <= 2 THEN 'typo' WHEN x.local = y.local THEN 'local'
      WHEN jaro_winkler_similarity(x.mailbox, y.mailbox) >= 0.93 OR jaro_winkler_similarity(x.local, y.local) >= 0.93 AND x.host = y.host THEN 'near'
      WHEN x.host = y.host AND NOT x.free THEN 'host' ELSE 'diff' END AS mail,
    CASE WHEN x.phone IS NULL OR y.phone IS NULL THEN 'miss' WHEN x.phone = y.phone THEN 'same' WHEN right(x.phone, 8) = right(y.phone, 8) THEN 'tail'
      WHEN damerau_levenshtein(x.phone, y.phone) <= 1 THEN 'typo' WHEN damerau_levenshtein(x.phone, y.phone) <= 2 THEN 'near' ELSE 'diff' END AS phone,
    CASE WHEN x.street = y.street THEN 'street' WHEN jaro_winkler_similarity(x.street, y.street) >= 0.9 AND (x.postcode = y.postcode OR x.city = y.city) THEN 'near'
      WHEN x.postcode = y.postcode THEN 'code'
      WHEN length(x.postcode) > 3 AND damerau_levenshtein(x.postcode, y.postcode) <= 1 THEN 'codetypo'
      WHEN x.city = y.city THEN 'city' WHEN jaro_winkler_similarity(x.city, y.city) >= 0.85 THEN 'citytypo'
      WHEN x.street <> y.street OR x.postcode <> y.postcode OR x.city <> y.city THEN 'diff' ELSE 'miss' END AS home,
    CASE WHEN x.country IS NULL OR y.country IS NULL THEN 'miss' WHEN x.country = y.country THEN 'same' ELSE 'diff' END AS country,
    CASE WHEN x.title IS NULL OR y.title IS NULL THEN 'miss' WHEN x.title = y.title THEN 'same' ELSE 'diff' END AS title,
    CASE WHEN x.company IS NULL OR y.company IS NULL THEN 'miss' WHEN x.company = y.company THEN 'same' WHEN x.ordered = y.ordered THEN 'turned'
      WHEN length(x.company) > 4 AND damerau_levenshtein(x.company, y.company) <= 2 THEN 'typo'
      WHEN starts_with(x.company, y.company) OR starts_with(y.company, x.company) THEN 'pre'
      WHEN jaro_winkler_similarity(x.company, y.company) >= 0.9 OR jaro_winkler_similarity(x.ordered, y.ordered) >= 0.93 THEN 'near' ELSE 'diff' END AS company,
    CASE WHEN x.site IS NULL OR y.site IS NULL OR x.mailbox IS NOT NULL AND y.mailbox IS NOT NULL THEN 'miss' WHEN x.site = y.site THEN 'same' ELSE 'diff' END AS site,
    least(x.given_bits, o.g_bits) AS given_bits, least(x.family_bits, o.s_bits) AS family_bits, x.birth_bits, x.year_bits, x.mail_bits, x.local_bits,
    x.phone_bits, x.number_bits, x.street_bits, x.postcode_bits, x.city_bits, x.title_bits, x.company_bits
  FROM oriented AS o JOIN known AS x ON x.rid = a JOIN known AS y ON y.rid = b
), judged AS (
  SELECT
    * EXCLUDE (family, phone, local_bits),
    CASE WHEN family IN ('both', 'same', 'half') AND (home = 'street' OR phone = 'same') THEN 'kin' ELSE family END AS family,
    CASE WHEN phone = 'same' AND home = 'street' THEN 'home' ELSE phone END AS phone,
    CASE WHEN given IN ('same', 'nick') AND family IN ('both', 'same', 'half') THEN local_bits / 2 ELSE local_bits END AS local_bits,
    coalesce(given IN ('far', 'diff') AND mail <> 'same' AND number <> 'same', false) AS contested
  FROM compared
)
