-- name: journeys
-- The steps of everybody in a won deal up to the second of its close, numbered in order; a deal without any has one empty row.
select
    deals.deal,
    deals.cents,
    steps.touch,
    steps.person_id,
    steps.channel,
    count(steps.touch) over (partition by deals.deal) as length,
    row_number() over (partition by deals.deal order by steps.at, steps.touch, steps.activity, steps.channel) as place
from deals
left join (
    select
        deal_people.deal,
        steps.at,
        steps.touch,
        steps.activity,
        steps.channel,
        min(steps.person_id) as person_id
    from deal_people
    join steps on steps.person_id = deal_people.person_id
    group by deal_people.deal, steps.at, steps.touch, steps.activity, steps.channel
) as steps on steps.deal = deals.deal and steps.at <= deals.won_at
order by deals.deal, place
