-- name: facts
-- What segments go by, of everybody who was handed over or whose touch earned credit: first and last source, campaign, country of the newest record that has one, persona and score band of the newest cycle.
WITH countries AS (
    SELECT person_id, country
    FROM (
        SELECT l.person_id, p.country,
               row_number() OVER (PARTITION BY l.person_id ORDER BY p.created_at DESC, p.ref DESC) AS place
        FROM people AS p JOIN links AS l ON l.ref = p.ref
        WHERE p.country IS NOT NULL
    ) AS said
    WHERE place = 1
),
newest AS (
    SELECT person_id, persona, band
    FROM (
        SELECT person_id, persona, band,
               row_number() OVER (PARTITION BY person_id ORDER BY qualified_at DESC, persona, band) AS place
        FROM qualifications
    ) AS events
    WHERE place = 1
)
SELECT k.person_id, k.source_first AS source, k.source_last AS last_source, k.campaign, c.country, q.persona, q.band AS score_band
FROM known AS k
LEFT JOIN countries AS c ON c.person_id = k.person_id
LEFT JOIN newest AS q ON q.person_id = k.person_id
WHERE k.person_id IN (SELECT person_id FROM starts) OR k.person_id IN (SELECT person_id FROM credits)

-- name: kinds
-- Every combination of these facts, once.
SELECT DISTINCT source, last_source, campaign, country, persona, score_band FROM facts ORDER BY 1, 2, 3, 4, 5, 6

-- name: segmented
-- Everybody with the segment of their combination.
SELECT f.person_id, s.segment
FROM facts AS f
JOIN sorted AS s ON s.source = f.source AND s.last_source = f.last_source
 AND s.campaign IS NOT DISTINCT FROM f.campaign AND s.country IS NOT DISTINCT FROM f.country
 AND s.persona IS NOT DISTINCT FROM f.persona AND s.score_band IS NOT DISTINCT FROM f.score_band

-- name: closed_leads
-- Leads that were handed over in the window, those who became customers before they were handed over again, and those who went on to sql or further, by the attempts that it took (of each person's newest cycle: of no other one the number is kept).
WITH turns AS (
    SELECT person_id, started_at, lead(started_at) OVER (PARTITION BY person_id ORDER BY started_at) AS next_at
    FROM starts
),
further AS (
    SELECT t.person_id, t.started_at,
           min(CASE WHEN here.rank >= won.rank THEN e.at END) AS won_at,
           min(CASE WHEN here.rank >= step.rank THEN e.at END) AS went_on_at
    FROM turns AS t
    JOIN stage_entries AS e ON e.person_id = t.person_id AND e.at >= t.started_at AND (t.next_at IS NULL OR e.at < t.next_at)
    JOIN stages AS here ON here.stage = e.stage
    JOIN stages AS won ON won.stage = 'customer'
    JOIN stages AS step ON step.stage = 'sql'
    GROUP BY t.person_id, t.started_at
)
SELECT s.segment, t.person_id, f.won_at IS NOT NULL AS won,
       CASE WHEN f.went_on_at IS NOT NULL AND k.sla_started_at = t.started_at THEN k.attempts END AS attempts
FROM turns AS t
JOIN leads_span AS w ON t.started_at >= w.begins AND t.started_at < w.ends
JOIN segmented AS s ON s.person_id = t.person_id
JOIN known AS k ON k.person_id = t.person_id
LEFT JOIN further AS f ON f.person_id = t.person_id AND f.started_at = t.started_at

-- name: conversions
-- Per segment: leads, and customers among them.
SELECT segment, count(*) AS leads, count(CASE WHEN won THEN 1 END) AS customers FROM closed_leads GROUP BY segment

-- name: answers
-- How many of those who went on had so many attempts by then.
SELECT attempts, count(*) AS people FROM closed_leads WHERE attempts IS NOT NULL GROUP BY attempts ORDER BY attempts

-- name: won
-- Per segment of the person whose touch was first: deals that were won in the window, and their amount.
WITH earned AS (
    SELECT c.deal, min(c.person_id) AS person_id, sum(c.amount) AS amount FROM credits AS c WHERE c.model = 'first' GROUP BY c.deal
)
SELECT coalesce(s.segment, 'other') AS segment, count(*) AS deals, sum(e.amount) AS revenue
FROM earned AS e
JOIN deals AS d ON d.ref = e.deal
JOIN deals_span AS w ON d.closed_at >= w.begins AND d.closed_at < w.ends
LEFT JOIN segmented AS s ON s.person_id = e.person_id
GROUP BY 1
