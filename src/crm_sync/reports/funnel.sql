-- name: entered
-- When each person first entered each stage; a stage that was skipped on the way up the ladder counts as entered with the step that skipped it.
WITH moves AS (
    SELECT e.person_id, s.rank, e.at,
           lag(s.rank) OVER (PARTITION BY e.person_id ORDER BY e.at, s.rank) AS rank_before
    FROM stage_entries AS e
    JOIN stages AS s ON s.stage = e.stage
    WHERE s.rank IS NOT NULL
),
passed AS (
    SELECT e.person_id, e.stage, e.at, e.at AS said_at FROM stage_entries AS e
    UNION ALL
    SELECT m.person_id, s.stage, m.at, NULL FROM moves AS m
    JOIN stages AS s ON s.rank > m.rank_before AND s.rank < m.rank
)
SELECT p.person_id, p.stage, min(p.at) AS first_at, max(p.at) AS last_at, min(p.said_at) AS said_at
FROM passed AS p
GROUP BY p.person_id, p.stage

-- name: funnel
-- Per stage: people in it now, people who ever entered it, how many of those went on to the next stage, and after how many days (median, skipped stages left out).
WITH now_in AS (
    SELECT coalesce(stage, 'unknown') AS stage, count(*) AS people FROM known GROUP BY 1
),
ever AS (
    SELECT stage, count(*) AS people, count(*) - count(said_at) AS implied FROM entered GROUP BY stage
),
steps AS (
    SELECT a.stage,
           count(b.person_id) AS went_on,
           count(CASE WHEN b.said_at >= a.said_at THEN 1 END) AS timed,
           median(CASE WHEN b.said_at >= a.said_at THEN epoch_us(b.said_at) - epoch_us(a.said_at) END) / 8.64e10 AS median_days
    FROM entered AS a
    JOIN stages AS here ON here.stage = a.stage
    JOIN stages AS further ON further.rank = here.rank + 1
    JOIN entered AS b ON b.person_id = a.person_id AND b.stage = further.stage AND b.last_at >= a.first_at
    GROUP BY a.stage
)
SELECT s.stage,
       coalesce(n.people, 0) AS now,
       coalesce(e.people, 0) AS entered,
       coalesce(e.implied, 0) AS implied,
       coalesce(t.went_on, 0) AS went_on,
       coalesce(t.timed, 0) AS timed,
       t.median_days
FROM stages AS s
LEFT JOIN now_in AS n ON n.stage = s.stage
LEFT JOIN ever AS e ON e.stage = s.stage
LEFT JOIN steps AS t ON t.stage = s.stage
ORDER BY s.position
