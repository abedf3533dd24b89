-- name: kept
-- How the targets of leads stand, month by month: in the month in which each was due, and in the one in which its lead qualified.
SELECT 'due' AS counted_by, m.month, t.target, t.state, count(*) AS people
FROM targets AS t
JOIN months AS m ON t.due_at >= m.begins AND t.due_at < m.ends
GROUP BY 2, 3, 4
UNION ALL
SELECT 'qualified', m.month, t.target, t.state, count(*)
FROM targets AS t
JOIN months AS m ON t.qualified_at >= m.begins AND t.qualified_at < m.ends
GROUP BY 2, 3, 4
