-- name: campaigns
-- Each campaign with its cost, what it earned (linear), and how many people it touched.
WITH touched AS (
    SELECT t.campaign, count(DISTINCT p.person_id) AS people
    FROM touches AS t JOIN touch_people AS p ON p.touch = t.ref
    WHERE t.campaign IS NOT NULL GROUP BY 1
),
earned AS (
    SELECT t.campaign, sum(c.amount) AS amount
    FROM credits AS c JOIN touches AS t ON t.ref = c.touch
    WHERE c.model = 'linear' AND t.campaign IS NOT NULL GROUP BY 1
)
SELECT c.ref, coalesce(c.name, c.ref) AS name, c.cost, coalesce(e.amount, 0) AS earned, coalesce(t.people, 0) AS people
FROM campaigns AS c
LEFT JOIN touched AS t ON t.campaign = c.ref
LEFT JOIN earned AS e ON e.campaign = c.ref
ORDER BY c.cost DESC NULLS LAST, c.ref

-- name: won
-- Won deals with the channel of their first touch, the largest first.
SELECT c.deal AS ref, coalesce(d.name, c.deal) AS name, min(d.amount) AS amount,
       bool_and(c.channel IN ('unknown', '(unattributed)')) AS unsourced
FROM credits AS c LEFT JOIN deals AS d ON d.ref = c.deal
WHERE c.model = 'first'
GROUP BY c.deal, d.name
ORDER BY amount DESC NULLS LAST, c.deal

-- name: held_twice
-- People with several records in one CRM, those with most first.
SELECT k.person_id, k.name, list(l.ref ORDER BY l.ref) AS refs
FROM holdings AS h
JOIN known AS k ON k.person_id = h.person_id
JOIN links AS l ON l.person_id = h.person_id
WHERE h.duplicates > 0
GROUP BY k.person_id, k.name, h.duplicates
ORDER BY h.duplicates DESC, k.person_id

-- name: owned
-- How many people belong to a human being.
SELECT count(*) AS people FROM known AS k JOIN owners AS o ON o.ref = k.owner AND o.human

-- name: rejected
-- Leads that went out of the hands of sales (no exit is on the ladder), with the reason that any of their records gives.
SELECT h.person_id, h.person, h.refs, h.ended_at, min(p.close_reason) AS reason
FROM handed AS h
JOIN stages AS s ON s.stage = h.stage AND s.rank IS NULL AND s.stage <> 'unknown'
JOIN links AS l ON l.person_id = h.person_id
LEFT JOIN people AS p ON p.ref = l.ref
WHERE h.ended_at IS NOT NULL
GROUP BY h.person_id, h.person, h.refs, h.ended_at
ORDER BY h.ended_at DESC, h.person_id

-- name: signs
-- What there is to see at all: touches by human beings, activities that are content, and campaigns of people or touches.
SELECT (SELECT count(*) FROM touches AS t JOIN owners AS o ON o.ref = t.actor AND o.human) AS by_people,
       (SELECT count(*) FROM touches AS t
        JOIN activities AS a ON a.kind = split_part(t.ref, ':', 2) AND a.facts = coalesce(t.facts, '') AND a.content) AS content,
       (SELECT count(*) FROM known WHERE campaign IS NOT NULL) AS campaigns,
       (SELECT count(*) FROM known WHERE source_first <> 'unknown') AS sources
