-- name: same_keys
-- Which records share a key: each one with the first record of its block and the size of the block.
select rule, key, ref, first_ref, size
from (
    select
        rule,
        key,
        ref,
        min(ref) over (partition by rule, key) as first_ref,
        count(*) over (partition by rule, key) as size
    from keys
) as blocks
where size > 1
order by rule, key, ref
