-- name: said
-- Every combination of an object and the facts of its touches, for the table of activities to judge.
SELECT DISTINCT split_part(ref, ':', 2) AS kind, coalesce(facts, '') AS facts FROM touches ORDER BY 1, 2

-- name: handed
-- The latest handoff of each person: qualified for sales, with the owner at the start where a human being had the lead.
WITH cycles AS (
    SELECT person_id, coalesce(qualified_at, started_at) AS qualified_at, max(started_at) AS started_at,
           max(ended_at) AS ended_at, max(owner) AS owner, bool_and(state = 'exempt') AS exempt
    FROM targets GROUP BY 1, 2
),
held AS (SELECT person_id, list(ref ORDER BY ref) AS refs FROM links GROUP BY person_id)
SELECT c.person_id, k.name AS person, k.company, k.stage, c.qualified_at, c.started_at,
       coalesce(c.started_at, c.qualified_at) AS handed_at, c.ended_at, c.exempt, k.sla_status,
       coalesce(r.rep, c.owner) AS rep, coalesce(r.name, c.owner) AS rep_name, split_part(c.owner, ':', 1) AS crm,
       coalesce(h.refs, []) AS refs
FROM cycles AS c
JOIN known AS k ON k.person_id = c.person_id
LEFT JOIN reps AS r ON r.ref = c.owner
LEFT JOIN held AS h ON h.person_id = c.person_id
QUALIFY row_number() OVER (PARTITION BY c.person_id ORDER BY c.qualified_at DESC) = 1

-- name: leads
-- What each lead brought when it was handed off: the first source, a campaign where its source has one, content, a history. Of two contents in one instant the one whose record sorts last counts, in whatever order they are read.
WITH window_of AS (SELECT h.* FROM handed AS h WHERE h.handed_at >= (SELECT since FROM lately) AND NOT h.exempt),
before AS (
    SELECT h.person_id, count(DISTINCT t.ref) AS touches,
           max(CASE WHEN a.content THEN struct_pack(at := t.at, ref := t.ref, subject := coalesce(t.subject, '')) END) AS content
    FROM window_of AS h
    JOIN touch_people AS p ON p.person_id = h.person_id
    JOIN touches AS t ON t.ref = p.touch AND t.at <= h.handed_at
    LEFT JOIN activities AS a ON a.kind = split_part(t.ref, ':', 2) AND a.facts = coalesce(t.facts, '')
    WHERE a.touch
    GROUP BY h.person_id
),
brought AS (
    SELECT h.person_id, h.person, h.company, h.handed_at, h.rep, h.rep_name, h.refs, k.source_first AS channel,
           k.source_first <> 'unknown' AS source,
           k.campaign IS NOT NULL OR k.source_first IN (SELECT channel FROM no_campaign) AS campaign,
           b.content IS NOT NULL AS content, coalesce(b.touches, 0) >= (SELECT touches FROM needed) AS history,
           b.content.subject AS last_content, b.content.at AS content_at
    FROM window_of AS h
    JOIN known AS k ON k.person_id = h.person_id
    LEFT JOIN before AS b ON b.person_id = h.person_id
)
SELECT b.*,
       CASE WHEN b.source THEN n.source ELSE 0 END + CASE WHEN b.campaign THEN n.campaign ELSE 0 END
       + CASE WHEN b.content THEN n.content ELSE 0 END + CASE WHEN b.history THEN n.history ELSE 0 END AS score
FROM brought AS b CROSS JOIN needed AS n

-- name: completeness
-- How many leads were handed off, how many of them complete, the mean score, and how many lack each part.
SELECT count(*) AS leads, count(CASE WHEN source AND campaign AND content AND history THEN 1 END) AS complete,
       avg(score) AS score, count(CASE WHEN NOT source THEN 1 END) AS source, count(CASE WHEN NOT campaign THEN 1 END) AS campaign,
       count(CASE WHEN NOT content THEN 1 END) AS content, count(CASE WHEN NOT history THEN 1 END) AS history
FROM leads

-- name: incomplete
-- Leads that lack something, the emptiest first, the newest among equals.
SELECT * FROM leads
WHERE NOT (source AND campaign AND content AND history)
ORDER BY score, handed_at DESC, person_id

-- name: silent
-- Leads that are open and of which nothing was heard: no attempt, no other stage or status, no reason, no touch by a human being.
SELECT h.person_id, h.person, h.company, h.stage, h.handed_at, h.rep, h.rep_name, h.refs
FROM handed AS h
JOIN known AS k ON k.person_id = h.person_id
WHERE h.ended_at IS NULL AND NOT h.exempt AND h.sla_status NOT IN ('exempt', 'paused') AND coalesce(k.attempts, 0) = 0
  AND NOT EXISTS (SELECT 1 FROM stage_entries AS e WHERE e.person_id = h.person_id AND e.at > h.handed_at)
  AND NOT EXISTS (
        SELECT 1 FROM links AS l
        JOIN stage_changes AS c ON c.ref = l.ref AND c.at > h.handed_at
        WHERE l.person_id = h.person_id
          AND NOT EXISTS (SELECT 1 FROM no_answer AS n WHERE n.crm = split_part(l.ref, ':', 1) AND n.word = c.value))
  AND NOT EXISTS (
        SELECT 1 FROM links AS l JOIN people AS p ON p.ref = l.ref AND p.close_reason IS NOT NULL WHERE l.person_id = h.person_id)
  AND NOT EXISTS (
        SELECT 1 FROM touch_people AS t
        JOIN touches AS o ON o.ref = t.touch AND o.at >= h.qualified_at
        JOIN owners AS w ON w.ref = o.actor AND w.human
        WHERE t.person_id = h.person_id)
ORDER BY h.handed_at, h.person_id

-- name: open_leads
-- How many leads are open: handed off, neither ended nor exempt.
SELECT count(*) AS leads FROM handed WHERE ended_at IS NULL AND NOT exempt

-- name: way
-- The way of each lead, in hours from the event that qualified it: to a human owner, to a record in the owner's CRM, to our properties there, to the first contact. Properties are asked for (`ours`) of leads since the first sync. A plan is stamped by the CRMs' clock, an answer by ours.
WITH first_run AS (SELECT coalesce(min(planned_at), '9999-12-31 00:00:00+00'::TIMESTAMPTZ) AS since FROM outbox),
records AS (
    SELECT l.person_id, split_part(p.ref, ':', 1) AS crm, min(p.created_at) AS at
    FROM people AS p JOIN links AS l ON l.ref = p.ref GROUP BY 1, 2
),
written AS (
    SELECT h.person_id, min(o.planned_at + (o.answered_at - u.started_at)) AS at
    FROM handed AS h
    JOIN links AS l ON l.person_id = h.person_id AND split_part(l.ref, ':', 1) = h.crm
    JOIN outbox AS o ON o.ref = l.ref AND o.state = 'settled' AND o.planned_at >= h.qualified_at
    JOIN runs AS u ON u.id = o.run_id
    WHERE h.qualified_at >= (SELECT since FROM first_run)
    GROUP BY h.person_id
),
contacted AS (
    SELECT person_id, coalesce(qualified_at, started_at) AS qualified_at, min(settled_at) AS at
    FROM targets JOIN contact ON contact.name = targets.target
    WHERE state IN ('met', 'met_late') GROUP BY 1, 2
)
SELECT h.person_id, h.person, h.company, h.rep_name, h.qualified_at, h.refs,
       h.qualified_at >= (SELECT since FROM first_run) AS ours,
       (epoch_us(h.started_at) - epoch_us(h.qualified_at)) / 3.6e9 AS owner,
       CASE WHEN r.at IS NOT NULL THEN greatest(epoch_us(r.at) - epoch_us(h.qualified_at), 0) / 3.6e9 END AS record,
       (epoch_us(w.at) - epoch_us(h.qualified_at)) / 3.6e9 AS properties,
       (epoch_us(c.at) - epoch_us(h.qualified_at)) / 3.6e9 AS contact
FROM handed AS h
LEFT JOIN records AS r ON r.person_id = h.person_id AND r.crm = h.crm
LEFT JOIN written AS w ON w.person_id = h.person_id
LEFT JOIN contacted AS c ON c.person_id = h.person_id AND c.qualified_at = h.qualified_at
WHERE h.handed_at >= (SELECT since FROM lately) AND NOT h.exempt

-- name: legs
-- Half of the leads, and nineteen of twenty, were there within so many hours, step by step; `waiting` are not there yet.
SELECT step, count(hours) AS leads, count(*) - count(hours) AS waiting, quantile_cont(hours, 0.5) AS half,
       quantile_cont(hours, 0.95) AS most
FROM (
    SELECT 'owner' AS step, owner AS hours FROM way
    UNION ALL SELECT 'record', record FROM way
    UNION ALL SELECT 'properties', properties FROM way WHERE ours
    UNION ALL SELECT 'contact', contact FROM way
) AS steps
GROUP BY step

-- name: slowest
-- The leads that were longest on their way to an owner, a record in the owner's CRM or our properties there.
SELECT person_id, person, company, rep_name, qualified_at, refs, owner, record, properties, contact
FROM way
WHERE greatest(owner, record, properties) > 0
ORDER BY greatest(owner, record, properties) DESC, person_id
LIMIT 10

-- name: within
-- Of the contacts that were promised and can be judged, how many were in time.
SELECT target, count(*) AS judged, count(CASE WHEN state = 'met' THEN 1 END) AS met
FROM targets JOIN contact ON contact.name = targets.target
WHERE state IN ('met', 'met_late', 'breached', 'closed_untouched')
GROUP BY target

-- name: owned
-- People in a stage that have a human owner, with the team of the stage and that of the owner (empty: no word of the table names it).
SELECT k.person_id, k.name AS person, k.company, k.stage, s.team AS stage_team, o.ref AS owner, r.rep, r.name AS rep_name,
       t.team, t.called, h.refs
FROM known AS k
JOIN stage_teams AS s ON s.stage = k.stage
JOIN owners AS o ON o.ref = k.owner AND o.human
JOIN reps AS r ON r.ref = o.ref
LEFT JOIN rep_teams AS t ON t.rep = r.rep
LEFT JOIN (SELECT person_id, list(ref ORDER BY ref) AS refs FROM links GROUP BY person_id) AS h ON h.person_id = k.person_id

-- name: by_stage
-- Per stage: people with a human owner of a team that we know, and those whose owner is of another team than the stage's.
SELECT stage, stage_team, count(*) AS owned, count(CASE WHEN team <> stage_team THEN 1 END) AS strays
FROM owned WHERE team IS NOT NULL GROUP BY 1, 2

-- name: strays
-- People whose owner is of another team than the one that their stage belongs to, by stage.
SELECT o.person_id, o.person, o.company, o.stage, o.stage_team, o.team, o.rep, o.rep_name, o.refs
FROM owned AS o JOIN stage_teams AS s ON s.stage = o.stage
WHERE o.team <> o.stage_team
ORDER BY s.place, o.person, o.person_id

-- name: unknown_teams
-- Teams of owners that no word of the table names, with the number of their people; the empty one: the CRM names no team.
SELECT coalesce(called, '') AS called, count(*) AS people FROM owned WHERE team IS NULL GROUP BY 1 ORDER BY 2 DESC, 1

-- name: missed
-- What sales missed of the latest handoffs, target by target, each with one cause. Targets that ask for an owner are missed by routing, all others by a rep.
WITH loads AS (
    SELECT person_id, count(*) OVER (
               PARTITION BY rep ORDER BY handed_at RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) AS leads
    FROM handed WHERE rep IS NOT NULL
),
said AS (
    SELECT l.person_id, bool_or(p.email IS NOT NULL OR p.phones IS NOT NULL) AS reachable,
           bool_or(r.reason IS NOT NULL) AS unfit
    FROM links AS l
    JOIN people AS p ON p.ref = l.ref
    LEFT JOIN quality_reasons AS r ON r.reason = replace(lower(trim(p.close_reason)), ' ', '_')
    GROUP BY l.person_id
)
SELECT h.person_id, h.person, h.company, h.rep_name, h.handed_at, h.refs, t.target, t.state,
       CASE
           WHEN o.name IS NOT NULL THEN 'system_delay'
           WHEN NOT s.reachable OR s.unfit AND h.ended_at IS NOT NULL THEN 'quality'
           WHEN w.leads > (SELECT leads FROM too_many) THEN 'volume'
           ELSE 'follow_up'
       END AS cause
FROM targets AS t
JOIN handed AS h ON h.person_id = t.person_id AND h.qualified_at = coalesce(t.qualified_at, t.started_at)
JOIN said AS s ON s.person_id = h.person_id
LEFT JOIN loads AS w ON w.person_id = h.person_id
LEFT JOIN owner_targets AS o ON o.name = t.target
WHERE t.state IN ('breached', 'met_late', 'closed_untouched') AND (t.clock = 'rep' OR o.name IS NOT NULL)
  AND h.handed_at >= (SELECT since FROM lately)
ORDER BY h.handed_at DESC, h.person_id, t.target
