"""What counts for or against two records being one person: each feature is an expression over a compared pair.

The weights stand in mappings/identity_model.toml; a feature without a weight counts for nothing. GROUPS are what people
see of it: the evidence of a link is told per group.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

GROUPS: Final = ("name", "mail", "phone", "employer", "place", "title", "time")

# What `compared` says of each side of a pair.
LEVELS: Final = {
    "given": ("miss", "same", "part", "nick", "init", "swap", "pre", "typo", "near", "diff"),
    "family": ("miss", "same", "same1", "half", "swap", "part", "typo", "near", "init", "diff"),
    "mail": ("miss", "role", "same", "localfree", "local", "typo", "difffree", "diffsame", "workfree", "diff"),
    "phone": ("miss", "same", "tail", "typo", "diff"),
    "employer": ("miss", "dom", "org", "name", "near", "pre", "diff"),
    "city": ("miss", "same", "diff"),
    "country": ("miss", "same", "diff"),
    "title": ("miss", "same", "diff"),
}  # fmt: skip
GROUP_OF: Final = {
    "given": "name", "family": "name", "mail": "mail", "phone": "phone", "employer": "employer", "city": "place",
    "country": "place", "title": "title",
}  # fmt: skip

# Two sides together say more, or less, than their sum. 1 where the condition holds.
TOGETHER: Final = {
    "name": {
        "same_name": "same_name",
        "near_name": "near_name",
        "lone_family_there": "given = 'miss' AND same_family AND same_employer AND givens_there <= 1",
        "two_of_family_there": "given = 'miss' AND same_family AND same_employer AND givens_there = 2",
        "more_of_family_there": "given = 'miss' AND same_family AND same_employer AND givens_there > 2",
        "lone_initial_there": "given = 'init' AND same_family AND same_employer AND givens_there <= 1",
        "two_initials_there": "given = 'init' AND same_family AND same_employer AND givens_there = 2",
        "more_initials_there": "given = 'init' AND same_family AND same_employer AND givens_there > 2",
        "lone_given_there": "family = 'miss' AND same_given AND same_employer AND surnames_there <= 1",
        "two_of_given_there": "family = 'miss' AND same_given AND same_employer AND surnames_there = 2",
        "more_of_given_there": "family = 'miss' AND same_given AND same_employer AND surnames_there > 2",
    },
    "mail": {
        "mail_other_given": "mail = 'same' AND given = 'diff'",
        "mail_other_family": "mail = 'same' AND family = 'diff'",
        "mail_other_name": "mail = 'same' AND given = 'diff' AND family = 'diff'",
        "mail_same_name": "mail = 'same' AND same_name",
        "local_same_name": "mail IN ('local', 'localfree') AND same_name",
        "moved_mail_miss": "employer = 'diff' AND same_name AND mail = 'miss'",
        "moved_mail_diff": "employer = 'diff' AND same_name AND mail = 'diff'",
        "moved_mail_workfree": "employer = 'diff' AND same_name AND mail = 'workfree'",
        "moved_mail_local": "employer = 'diff' AND same_name AND mail = 'local'",
        "moved_mail_role": "employer = 'diff' AND same_name AND mail = 'role'",
    },
    "phone": {
        "phone_same_name": "phone = 'same' AND same_name",
        "phone_near_name": "phone = 'same' AND near_name",
        "phone_other_given": "phone = 'same' AND given = 'diff'",
        "phone_half_a_name": "phone = 'same' AND (given = 'miss' OR family = 'miss')",
        "moved_phone_same": "employer = 'diff' AND same_name AND phone = 'same'",
        "moved_phone_diff": "employer = 'diff' AND same_name AND phone = 'diff'",
        "moved_phone_miss": "employer = 'diff' AND same_name AND phone = 'miss'",
    },
    "employer": {
        "employer_same_name": "same_employer AND same_name",
        "employer_near_name": "same_employer AND near_name",
        "employer_other_given": "same_employer AND given = 'diff'",
        "moved": "employer = 'diff' AND same_name",
        "moved_both_surnames": "employer = 'diff' AND same_name AND family = 'same'",
        "moved_one_surname": "employer = 'diff' AND same_name AND family = 'same1'",
        "moved_only_two": "employer = 'diff' AND same_name AND employers < 0.75",
    },
    "place": {
        "moved_city_same": "employer = 'diff' AND same_name AND city = 'same'",
        "moved_city_diff": "employer = 'diff' AND same_name AND city = 'diff'",
    },
    "title": {
        "moved_title_same": "employer = 'diff' AND same_name AND title = 'same'",
        "moved_title_diff": "employer = 'diff' AND same_name AND title = 'diff'",
    },
    "time": {"across": "across"},
}  # fmt: skip

# How much: numbers where the condition holds, otherwise 0. Bits are natural logarithms of one in so many records.
MEASURES: Final = {
    "name": {
        "rare_given": ("same_given", "given_bits - size / 2"),
        "rare_family": ("same_family", "family_bits - size / 2"),
        "rare_name": ("same_name", "greatest(given_bits + family_bits - size, -8)"),
        "moved_rare_name": ("employer = 'diff' AND same_name", "greatest(given_bits + family_bits - size, -8)"),
    },
    "mail": {
        "mail_givens": ("mail = 'same'", "mail_givens"),
        "mail_surnames": ("mail = 'same'", "mail_surnames"),
        "rare_local": ("mail IN ('local', 'localfree')", "local_bits - size"),
        "mail_tells_whole": ("true", "(hers = 'full')::INT + (his = 'full')::INT"),
        "mail_tells_initial": ("true", "(hers = 'ini')::INT + (his = 'ini')::INT"),
        "mail_tells_part": ("true", "(hers = 'part')::INT + (his = 'part')::INT"),
        "mail_tells_other": ("true", "(hers = 'no')::INT + (his = 'no')::INT"),
    },
    "phone": {
        "phone_records": ("phone = 'same'", "phone_records"),
        "phone_givens": ("phone = 'same'", "phone_givens"),
        "phone_surnames": ("phone = 'same'", "phone_surnames"),
        "phone_employers": ("phone = 'same'", "phone_employers"),
    },
    "employer": {
        "staff": ("same_employer", "staff"),
        "staff_half_a_name": ("same_employer AND given IN ('init', 'miss')", "staff"),
        "moved_namesakes": ("employer = 'diff' AND same_name", "namesakes"),
        "moved_employers": ("employer = 'diff' AND same_name", "employers"),
    },
    "place": {
        "rare_city": ("city = 'same'", "city_bits"),
        "moved_rare_city": ("employer = 'diff' AND same_name AND city = 'same'", "city_bits"),
    },
    "time": {"years": ("true", "years"), "moved_years": ("employer = 'diff' AND same_name", "years")},
}  # fmt: skip


class Feature(NamedTuple):
    name: str
    group: str
    sql: str


def features() -> Iterator[Feature]:
    """All of them, always in the same order."""
    for side, levels in LEVELS.items():
        for level in levels:
            yield Feature(f"{side}_{level}", GROUP_OF[side], f"({side} = '{level}')::INT")
    for group, conditions in TOGETHER.items():
        for name, condition in conditions.items():
            yield Feature(name, group, f"({condition})::INT")
    for group, measures in MEASURES.items():
        for name, (condition, amount) in measures.items():
            yield Feature(name, group, f"CASE WHEN {condition} THEN coalesce({amount}, 0) ELSE 0 END")
