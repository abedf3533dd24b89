-- name: credited
-- Revenue and customers per model and channel. A deal's credits of one model share one customer, so that customers sum to won deals.
WITH shares AS (
    SELECT deal, model, channel, amount, 1.0 / count(*) OVER (PARTITION BY deal, model) AS share FROM credits
)
SELECT model, channel, round(sum(share), 4) AS customers, count(DISTINCT deal) AS deals, sum(amount) AS revenue
FROM shares
GROUP BY model, channel
ORDER BY model, channel

-- name: won
-- Won deals that have credits, and their amount: what every model's column must sum to.
SELECT count(DISTINCT deal) AS deals, coalesce(sum(amount), 0) AS revenue
FROM credits
WHERE model = 'first'

-- name: people_by_source
-- People, people who were ever qualified by marketing, and people who became customers, per first source.
SELECT k.source_first AS channel, count(*) AS people,
       count(CASE WHEN mql.said_at IS NOT NULL THEN 1 END) AS mqls,
       count(CASE WHEN won.person_id IS NOT NULL THEN 1 END) AS customers
FROM known AS k
LEFT JOIN entered AS mql ON mql.person_id = k.person_id AND mql.stage = 'mql'
LEFT JOIN entered AS won ON won.person_id = k.person_id AND won.stage = 'customer'
GROUP BY 1
ORDER BY 1
