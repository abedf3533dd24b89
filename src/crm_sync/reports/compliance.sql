-- name: judged
-- Whatever is judged: each lead's targets, with the team of its owner at the start, and what each rep owed; both with the lead's first source, the policy, and the hours until it was met, early or late.
SELECT l.person_id, l.target, l.state, l.due_at, l.qualified_at, false AS of_rep, coalesce(r.team, '') AS team, '' AS rep, '' AS name,
       k.source_first AS source, coalesce(p.policy, '') AS policy,
       CASE WHEN l.state IN ('met', 'met_late') THEN (epoch_us(l.settled_at) - epoch_us(l.since)) / 3.6e9 END AS hours
FROM (
    SELECT person_id, target, state, due_at, qualified_at, settled_at,
           CASE WHEN clock = 'lead' THEN qualified_at ELSE started_at END AS since,
           max(owner) OVER (PARTITION BY person_id, qualified_at, started_at) AS owner
    FROM targets
) AS l
JOIN known AS k ON k.person_id = l.person_id
LEFT JOIN reps AS r ON r.ref = l.owner
LEFT JOIN policies AS p ON p.person_id = l.person_id AND p.qualified_at = l.qualified_at
UNION ALL
SELECT o.person_id, o.target, o.state, o.due_at, o.qualified_at, true, coalesce(r.team, ''), coalesce(r.rep, o.owner, ''),
       coalesce(r.name, o.owner, ''), k.source_first, coalesce(p.policy, ''),
       CASE WHEN o.state IN ('met', 'met_late') THEN (epoch_us(o.settled_at) - epoch_us(o.since)) / 3.6e9 END
FROM owed AS o
JOIN known AS k ON k.person_id = o.person_id
LEFT JOIN reps AS r ON r.ref = o.owner
LEFT JOIN policies AS p ON p.person_id = o.person_id AND p.qualified_at = o.qualified_at

-- name: counted
-- What falls into each of the asked spans of time, by its due or by the day on which its lead qualified, under the name that is asked for: leads by team, source or policy, reps by what each owed.
SELECT m.month, j.target, j.state, j.hours,
       CASE a.grouped_by WHEN 'team' THEN j.team WHEN 'rep' THEN j.rep WHEN 'source' THEN j.source ELSE j.policy END AS grp, j.name
FROM judged AS j
CROSS JOIN asked AS a
JOIN months AS m
  ON CASE WHEN a.counted_by = 'due' THEN j.due_at ELSE j.qualified_at END >= m.begins
 AND CASE WHEN a.counted_by = 'due' THEN j.due_at ELSE j.qualified_at END < m.ends
WHERE j.of_rep = (a.grouped_by = 'rep')

-- name: compliance
-- How many targets stand in each state, for each group and month and, where no group is named, for all of them together.
SELECT month, target, state, grp, name, count(*) AS targets
FROM counted
GROUP BY month, target, state, grp, name
UNION ALL
SELECT month, target, state, NULL, NULL, count(*)
FROM counted
GROUP BY month, target, state

-- name: times
-- Hours until a target was met, early or late, whoever slept: how many, the median, the ninth decile; for each group and month, and for all groups together.
SELECT month, target, grp, count(hours) AS met, quantile_cont(hours, 0.5) AS half, quantile_cont(hours, 0.9) AS most
FROM counted
WHERE hours IS NOT NULL
GROUP BY month, target, grp
UNION ALL
SELECT month, target, NULL, count(hours), quantile_cont(hours, 0.5), quantile_cont(hours, 0.9)
FROM counted
WHERE hours IS NOT NULL
GROUP BY month, target
