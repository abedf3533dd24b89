-- name: once
-- Deals, each one once: a deal that names another live deal as itself is left to that one; of two that name each other, the older one stays.
WITH named AS (
    SELECT ref, created_at, unnest(string_split(regexp_replace(same_as, '[\[\]" ]', '', 'g'), ',')) AS other
    FROM deals
    WHERE same_as IS NOT NULL
)
SELECT d.ref, d.stage, d.state, d.amount, d.currency, coalesce(o.team, '') AS team, coalesce(m.name, '') AS manager,
       coalesce(o.name, '') AS rep
FROM deals AS d
LEFT JOIN owners AS o ON o.ref = d.owner
LEFT JOIN owners AS m ON m.ref = o.manager
WHERE d.ref NOT IN (
    SELECT n.ref
    FROM named AS n
    JOIN deals AS held ON held.ref = n.other AND held.ref <> n.ref
    LEFT JOIN named AS back ON back.ref = n.other AND back.other = n.ref
    WHERE back.ref IS NULL OR held.created_at < n.created_at OR held.created_at = n.created_at AND held.ref < n.ref
)

-- name: by_stage
-- Deals and their amount per stage, in the CRM's own words.
SELECT split_part(ref, ':', 1) AS crm, coalesce(stage, '') AS stage, state, count(*) AS deals,
       coalesce(sum(amount), 0) AS amount
FROM once
GROUP BY 1, 2, 3
ORDER BY 1, 4 DESC, 2, 3

-- name: won_by_team
-- Won deals and revenue per team, manager and rep; an empty name where the CRM has none.
SELECT team, manager, rep, count(*) AS deals, coalesce(sum(amount), 0) AS revenue
FROM once
WHERE state = 'won'
GROUP BY team, manager, rep
ORDER BY team, manager, rep
