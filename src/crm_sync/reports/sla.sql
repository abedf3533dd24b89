-- name: reps
-- Owners of both CRMs as reps: one e-mail address is one rep, whatever CRM it stands in.
SELECT ref, coalesce(lower(email), ref) AS rep,
       min(coalesce(name, email, ref)) OVER (PARTITION BY coalesce(lower(email), ref)) AS name,
       coalesce(min(team) OVER (PARTITION BY coalesce(lower(email), ref)), '') AS team
FROM owners

-- name: owed
-- What each rep owed: the first attempt by whoever had the lead then, every other target by the owner at the start.
SELECT person_id, target, owner, state, due_at, qualified_at, since, settled_at FROM stretches WHERE due_at IS NOT NULL
UNION ALL
SELECT t.person_id, t.target, t.owner, t.state, t.due_at, t.qualified_at, t.started_at, t.settled_at
FROM targets AS t
WHERE t.clock = 'rep' AND NOT EXISTS (
    SELECT 1 FROM stretches AS s
    WHERE s.person_id = t.person_id AND s.target = t.target AND s.qualified_at = t.qualified_at)

-- name: targets
-- How many targets of leads stand in each state.
SELECT target, '' AS rep, '' AS name, state, count(*) AS people
FROM targets
GROUP BY 1, 4
ORDER BY 1, 4

-- name: times
-- Hours from the start of a target's clock until it was met, early or late, whoever slept: how many, the median, the ninth decile.
SELECT target, count(*) AS met, quantile_cont(hours, 0.5) AS half, quantile_cont(hours, 0.9) AS most
FROM (
    SELECT target, (epoch_us(settled_at) - epoch_us(CASE WHEN clock = 'lead' THEN qualified_at ELSE started_at END)) / 3.6e9 AS hours
    FROM targets
    WHERE state IN ('met', 'met_late') AND settled_at IS NOT NULL AND started_at IS NOT NULL
)
GROUP BY 1
ORDER BY 1

-- name: targets_of_reps
-- How many targets that a rep owed stand in each state.
SELECT t.target, coalesce(r.rep, t.owner, '') AS rep, coalesce(r.name, t.owner, '') AS name, t.state, count(*) AS people
FROM owed AS t
LEFT JOIN reps AS r ON r.ref = t.owner
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 4

-- name: statuses
-- How many people show each status to the rep.
SELECT sla_status AS status, count(*) AS people
FROM known
WHERE sla_status IS NOT NULL
GROUP BY 1
ORDER BY 1

-- name: starts
-- Every cycle that a rep was handed, with its first owner and its end; of those in which nothing is asked of reps, each person's newest.
SELECT person_id, started_at, owner, ended_at FROM targets WHERE started_at IS NOT NULL AND clock = 'rep'
UNION
SELECT person_id, sla_started_at, sla_owner, sla_ended_at FROM known WHERE sla_started_at IS NOT NULL

-- name: outcomes
-- What sales made of each cycle: accepted (sal or further), rejected (out before that, and not soon back) or still open. The reason is the latest one that was given in the cycle up to the next; at a person's last exit else what a record without a history of it says now; else what still stood there from before.
WITH turns AS (
    SELECT c.person_id, c.started_at,
           max(CASE WHEN e.stage = 'mql' AND e.at <= c.started_at THEN e.at END) AS mql_at,
           max(CASE WHEN e.stage = 'sal' AND e.at <= c.started_at THEN e.at END) AS sal_at,
           min(CASE WHEN here.rank >= sal.rank AND e.at >= c.started_at THEN e.at END) AS accepted_at,
           min(CASE WHEN here.rank IS NULL AND e.at > c.started_at AND e.at = c.ended_at THEN e.at END) AS rejected_at,
           max(CASE WHEN here.rank IS NULL THEN e.at END) AS last_exit_at
    FROM starts AS c
    JOIN stage_entries AS e ON e.person_id = c.person_id
    JOIN stages AS here ON here.stage = e.stage
    JOIN stages AS sal ON sal.stage = 'sal'
    GROUP BY c.person_id, c.started_at
),
exits AS (
    SELECT t.person_id, t.started_at, coalesce(t.mql_at, t.sal_at, t.started_at) AS since,
           t.rejected_at = t.last_exit_at AS is_last, min(e.at) AS back_at
    FROM turns AS t
    LEFT JOIN stage_entries AS e ON e.person_id = t.person_id AND e.stage IN ('mql', 'sal') AND e.at > t.rejected_at
    WHERE t.rejected_at IS NOT NULL
    GROUP BY t.person_id, t.started_at, t.mql_at, t.sal_at, t.rejected_at, t.last_exit_at
),
reason_changes AS (
    SELECT c.ref, c.id, c.at, c.value FROM stage_changes AS c WHERE c.field = 'close_reason'
),
given AS (
    SELECT l.person_id, c.ref, c.id, c.at, c.value AS reason, c.at AS newest
    FROM reason_changes AS c JOIN links AS l ON l.ref = c.ref
    UNION ALL
    SELECT l.person_id, p.ref, '', NULL, p.close_reason, p.created_at
    FROM people AS p
    JOIN links AS l ON l.ref = p.ref
    LEFT JOIN reason_changes AS c ON c.ref = p.ref
    WHERE p.close_reason IS NOT NULL AND c.ref IS NULL
),
reasons AS (
    SELECT person_id, started_at, nullif(reason, '') AS reason
    FROM (
        SELECT x.person_id, x.started_at, g.reason,
               row_number() OVER (
                   PARTITION BY x.person_id, x.started_at
                   ORDER BY CASE WHEN g.at IS NULL THEN 1 WHEN g.at >= x.since THEN 0 ELSE 2 END, g.newest DESC, g.ref DESC,
                            length(g.id) DESC, g.id DESC
               ) AS place
        FROM exits AS x JOIN given AS g ON g.person_id = x.person_id
        WHERE CASE
                  WHEN g.at IS NULL THEN x.is_last
                  ELSE (x.back_at IS NULL OR g.at < x.back_at) AND (g.reason <> '' OR g.at < x.since)
              END
    ) AS said
    WHERE place = 1
)
SELECT c.person_id, c.started_at, t.rejected_at, r.reason,
       CASE
           WHEN t.sal_at IS NOT NULL AND (t.mql_at IS NULL OR t.sal_at >= t.mql_at) THEN 'accepted'
           WHEN t.accepted_at IS NOT NULL AND (t.rejected_at IS NULL OR t.accepted_at <= t.rejected_at) THEN 'accepted'
           WHEN t.rejected_at IS NOT NULL THEN 'rejected'
           ELSE 'open'
       END AS outcome
FROM starts AS c
LEFT JOIN turns AS t ON t.person_id = c.person_id AND t.started_at = c.started_at
LEFT JOIN reasons AS r ON r.person_id = c.person_id AND r.started_at = c.started_at

-- name: rejections
-- Leads that sales rejected for some reason: when they were handed over, when they came back.
SELECT person_id, started_at, rejected_at, reason FROM outcomes WHERE outcome = 'rejected' AND reason IS NOT NULL

-- name: cycles
-- Every cycle with its rep, its month, what sales made of it, whether marketing replaces it, and its score band by the criteria of a qualified lead.
SELECT c.person_id, c.started_at, m.month, coalesce(r.rep, c.owner, '') AS rep, coalesce(r.name, c.owner, '') AS name,
       coalesce(r.team, '') AS team, o.outcome, b.person_id IS NOT NULL AS replaced, coalesce(q.version, '') AS version,
       CASE
           WHEN q.person_id IS NULL THEN 'unknown'
           WHEN q.points < q.needed THEN 'too_few'
           ELSE coalesce(q.band, 'qualified')
       END AS band
FROM starts AS c
JOIN outcomes AS o ON o.person_id = c.person_id AND o.started_at = c.started_at
LEFT JOIN replaced AS b ON b.person_id = c.person_id AND b.started_at = c.started_at
LEFT JOIN qualifications AS q ON q.person_id = c.person_id AND q.started_at = c.started_at
LEFT JOIN reps AS r ON r.ref = c.owner
LEFT JOIN months AS m ON c.started_at >= m.begins AND c.started_at < m.ends

-- name: quality
-- The leads of each month by the criteria of a qualified lead, and what sales made of them.
SELECT month, version, band, count(*) AS delivered,
       count(CASE WHEN outcome = 'accepted' THEN 1 END) AS accepted,
       count(CASE WHEN outcome = 'rejected' THEN 1 END) AS rejected
FROM cycles
WHERE month IS NOT NULL
GROUP BY month, version, band
ORDER BY month, version DESC, CASE WHEN band IN ('too_few', 'unknown') THEN 1 ELSE 0 END, band

-- name: delivered
-- Qualified leads that marketing delivered, per rep and month, and what sales made of them; those replaced are among the rejected.
SELECT rep, name, team, month, count(*) AS delivered,
       count(CASE WHEN outcome = 'accepted' THEN 1 END) AS accepted,
       count(CASE WHEN outcome = 'rejected' THEN 1 END) AS rejected,
       count(CASE WHEN outcome = 'open' THEN 1 END) AS open,
       count(CASE WHEN replaced THEN 1 END) AS replaced
FROM cycles
WHERE month IS NOT NULL
GROUP BY rep, name, team, month
ORDER BY month, rep
