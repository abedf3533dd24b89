-- name: credits
-- Every step's share of its deal in whole cents: first, last, linear. Shares are equal, so the odd cents go to the first steps.
select deal, 'first' as model, place, channel, cents, touch, person_id
from journeys
where length > 0 and place = 1
union all
select deal, 'last' as model, place, channel, cents, touch, person_id
from journeys
where length > 0 and place = length
union all
select
    deal,
    'linear' as model,
    place,
    channel,
    cents // length + case when place <= cents % length then 1 else 0 end as cents,
    touch,
    person_id
from journeys
where length > 0
union all
select deal, models.model, place, '(unattributed)' as channel, cents, touch, person_id
from journeys
cross join (values ('first'), ('last'), ('linear')) as models (model)
where length = 0
order by deal, model, place
