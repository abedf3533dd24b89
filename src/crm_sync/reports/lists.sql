-- name: people
-- The people behind one number of a report: `asked` is one row, where an empty cell asks nothing.
SELECT k.person_id, k.name, k.email, k.company, k.stage, k.sla_status, k.source_first,
       coalesce(r.name, k.owner_email) AS owner
FROM known AS k
CROSS JOIN asked AS a
LEFT JOIN reps AS r ON r.ref = k.owner
WHERE (a.stage IS NULL OR coalesce(k.stage, 'unknown') = a.stage)
  AND (a.source IS NULL OR k.source_first = a.source)
  AND (a.sla IS NULL OR k.sla_status = a.sla)
  AND (a.entered IS NULL OR EXISTS (
        SELECT 1 FROM entered AS e
        WHERE e.person_id = k.person_id AND e.stage = a.entered AND (a.said IS NULL OR e.said_at IS NOT NULL)))
  AND (coalesce(a.target, a.state, a.due, a.qualified, a.policy) IS NULL OR EXISTS (
        SELECT 1 FROM judged AS t
        LEFT JOIN spans AS d ON d.asked = 'due' AND t.due_at >= d.begins AND t.due_at < d.ends
        LEFT JOIN spans AS q ON q.asked = 'qualified' AND t.qualified_at >= q.begins AND t.qualified_at < q.ends
        WHERE t.person_id = k.person_id AND (a.target IS NULL OR t.target = a.target)
          AND (a.state IS NULL OR t.state = a.state
               OR a.state = 'judged' AND t.state IN ('met', 'met_late', 'breached', 'closed_untouched')
               OR a.state = 'open' AND t.state IN ('on_track', 'at_risk', 'paused', 'unknown_time'))
          AND (a.due IS NULL OR d.asked IS NOT NULL) AND (a.qualified IS NULL OR q.asked IS NOT NULL)
          AND (a.team IS NULL OR t.team = a.team) AND (a.policy IS NULL OR t.policy = a.policy)
          AND t.of_rep = (a.rep IS NOT NULL) AND (a.rep IS NULL OR t.rep = a.rep)))
  AND (coalesce(a.month, a.outcome, a.band) IS NULL
       AND (a.team IS NULL OR coalesce(a.target, a.state, a.due, a.qualified, a.policy) IS NOT NULL)
       OR EXISTS (
        SELECT 1 FROM cycles AS c
        WHERE c.person_id = k.person_id AND (a.month IS NULL OR c.month = a.month)
          AND (a.rep IS NULL OR c.rep = a.rep) AND (a.team IS NULL OR c.team = a.team)
          AND (a.band IS NULL OR c.band = a.band)
          AND (a.outcome IS NULL OR c.outcome = a.outcome OR a.outcome = 'replaced' AND c.replaced)))
  AND (a.held IS NULL OR EXISTS (
        SELECT 1 FROM holdings AS h
        WHERE h.person_id = k.person_id AND (a.held = 'twice' AND h.duplicates > 0 OR a.held = 'both' AND h.crms > 1)))
  AND (a.mark IS NULL OR EXISTS (SELECT 1 FROM marked AS m WHERE m.person_id = k.person_id))
  AND (a.rep IS NULL OR coalesce(a.target, a.state, a.due, a.qualified, a.month, a.outcome) IS NOT NULL OR coalesce(r.rep, k.owner, '') = a.rep)
ORDER BY k.name, k.person_id

-- name: deals
-- The won deals behind one number of the sources: each with the amount that the asked channel earned by the asked model.
SELECT c.deal, d.name, c.model, c.channel, sum(c.amount) AS credited, max(d.amount) AS amount, max(d.closed_at) AS closed_at
FROM credits AS c
CROSS JOIN asked AS a
LEFT JOIN deals AS d ON d.ref = c.deal
WHERE c.model = a.model AND (a.source IS NULL OR c.channel = a.source)
GROUP BY c.deal, d.name, c.model, c.channel
ORDER BY closed_at, c.deal

-- name: people_of_deals
-- Everybody on a won deal.
SELECT DISTINCT p.deal, p.person_id, k.name
FROM deal_people AS p
JOIN known AS k ON k.person_id = p.person_id
WHERE p.deal IN (SELECT deal FROM credits)
ORDER BY p.deal, k.name, p.person_id
