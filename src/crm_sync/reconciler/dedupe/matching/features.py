"""What counts for or against two records being one person: each feature is an expression over a compared pair.

The weights stand in mappings/identity_model.toml; a feature without a weight counts for nothing. GROUPS are what people
see of it: the evidence of a link is told per group.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

GROUPS: Final = ("name", "mail", "phone", "employer", "place", "title", "time")

MAIL_TELLS: Final = ("na", "full", "ini", "part", "another", "no")  # of the name on the other side
# What `compared` says of each side of a pair.
LEVELS: Final = {
    "given": ("miss", "same", "part", "nick", "init", "swap", "pre", "typo", "near", "diff"),
    "family": ("miss", "both", "same", "same1", "half", "swap", "part", "typo", "near", "init", "diff"),
    "mail": (
        "miss", "role", "same", "localfree", "local", "typo", "count", "countfree", "difffree", "diffsame", "workfree",
        "diff",
    ),
    "phone": ("miss", "same", "tail", "typo", "diff"),
    "employer": ("miss", "dom", "org", "name", "alias", "twin", "near", "pre", "diff"),
    "city": ("miss", "same", "diff"),
    "country": ("miss", "same", "diff"),
    "title": ("miss", "same", "diff"),
}  # fmt: skip
#: Words stand in the questions, numbers go through the engine: comparing them costs a third.
NUMBER_OF: Final = {
    word: number for number, word in enumerate(dict.fromkeys(itertools.chain(*LEVELS.values(), MAIL_TELLS)))
}
GROUP_OF: Final = {
    "given": "name", "family": "name", "mail": "mail", "phone": "phone", "employer": "employer", "city": "place",
    "country": "place", "title": "title",
}  # fmt: skip

# Two sides together say more, or less, than their sum. What holds the whole evidence of a block stands above it.
TOGETHER: Final = {
    "same_name": {
        "same_name": ("name", "1"),
        "rare_name": ("name", "rare_name"),
        "mail_same_name": ("mail", "same_mail"),
        "local_same_name": ("mail", "mail IN ('local', 'localfree')"),
        "phone_same_name": ("phone", "same_phone"),
        "employer_same_name": ("employer", "same_employer"),
    },
    "near_name": {
        "near_name": ("name", "1"),
        "phone_near_name": ("phone", "same_phone"),
        "employer_near_name": ("employer", "same_employer"),
    },
    "given = 'swap'": {"swapped_rare_name": ("name", "rare_name")},
    "same_given": {"rare_given": ("name", "given_bits - size / 2")},
    "same_family": {"rare_family": ("name", "family_bits - size / 2")},
    "same_mail": {
        "mail_other_given": ("mail", "given = 'diff'"),
        "mail_other_family": ("mail", "family = 'diff'"),
        "mail_other_name": ("mail", "given = 'diff' AND family = 'diff'"),
        "mail_givens": ("mail", "mail_givens"),
        "mail_surnames": ("mail", "mail_surnames"),
    },
    "mail IN ('local', 'localfree')": {"rare_local": ("mail", "local_bits - size")},
    "hers <> 'na' OR his <> 'na'": {
        "mail_tells_whole": ("mail", "(hers = 'full')::INT + (his = 'full')::INT"),
        "mail_tells_initial": ("mail", "(hers = 'ini')::INT + (his = 'ini')::INT"),
        "mail_tells_part": ("mail", "(hers = 'part')::INT + (his = 'part')::INT"),
        "mail_tells_other": ("mail", "(hers = 'no')::INT + (his = 'no')::INT"),
        "mail_tells_another": ("mail", "(hers = 'another')::INT + (his = 'another')::INT"),
    },
    # an address in another's name: somebody whose name changed
    "(hers <> 'na' OR his <> 'na') AND family = 'diff'": {
        "other_family_mail_tells_whole": ("mail", "hers = 'full' OR his = 'full'"),
        "other_family_mail_tells_initial": ("mail", "hers = 'ini' OR his = 'ini'"),
    },
    "(hers <> 'na' OR his <> 'na') AND given = 'diff'": {
        "other_given_mail_tells_whole": ("mail", "hers = 'full' OR his = 'full'"),
    },
    # half a name is settled by what an address tells of the other half
    "(hers <> 'na' OR his <> 'na') AND given IN ('miss', 'init')": {
        "half_mail_tells_whole": ("mail", "hers = 'full' OR his = 'full'"),
        "half_mail_tells_initial": ("mail", "hers = 'ini' OR his = 'ini'"),
        "half_mail_tells_another": ("mail", "hers = 'another' OR his = 'another'"),
    },
    "same_phone": {
        "phone_other_given": ("phone", "given = 'diff'"),
        "phone_half_a_name": ("phone", "given = 'miss' OR family = 'miss'"),
        "phone_records": ("phone", "phone_records"),
        "phone_givens": ("phone", "phone_givens"),
        "phone_surnames": ("phone", "phone_surnames"),
        "phone_employers": ("phone", "phone_employers"),
    },
    # the number of a company says little of who works there
    "same_phone AND same_employer": {
        "phone_at_work": ("phone", "1"),
        "phone_at_work_same_name": ("phone", "same_name"),
        "phone_at_work_records": ("phone", "phone_records"),
    },
    "same_employer": {
        "employer_other_given": ("employer", "given = 'diff'"),
        "staff": ("employer", "staff"),
        "staff_half_a_name": ("employer", "CASE WHEN given IN ('init', 'miss') THEN staff ELSE 0 END"),
    },
    # a company's name that others have, too
    "employer IN ('org', 'name')": {
        "twins": ("employer", "twins"),
        "twins_half_a_name": (
            "employer", "CASE WHEN given IN ('init', 'miss') OR family = 'miss' THEN twins ELSE 0 END",
        ),
    },
    "same_employer AND given = 'miss' AND same_family": {
        "lone_family_there": ("name", "givens_there <= 1"),
        "two_of_family_there": ("name", "givens_there = 2"),
        "more_of_family_there": ("name", "givens_there > 2"),
    },
    "same_employer AND given = 'init' AND same_family": {
        "lone_initial_there": ("name", "givens_there <= 1"),
        "two_initials_there": ("name", "givens_there = 2"),
        "more_initials_there": ("name", "givens_there > 2"),
        "initials_both_surnames": ("name", "family = 'both'"),
    },
    "same_employer AND family = 'miss' AND same_given": {
        "lone_given_there": ("name", "surnames_there <= 1"),
        "two_of_given_there": ("name", "surnames_there = 2"),
        "more_of_given_there": ("name", "surnames_there > 2"),
    },
    # the same name at another company: somebody who moved, or a namesake
    "same_name AND employer IN ('diff', 'twin')": {
        "moved": ("employer", "1"),
        "moved_rare_name": ("name", "rare_name"),
        "moved_both_surnames": ("name", "family = 'both'"),
        "moved_surname": ("name", "family = 'same'"),
        "moved_one_surname": ("name", "family = 'same1'"),
        "moved_only_two": ("employer", "employers < 0.75"),
        "moved_namesakes": ("employer", "namesakes"),
        "moved_employers": ("employer", "employers"),
        "moved_mail_miss": ("mail", "mail = 'miss'"),
        "moved_mail_diff": ("mail", "mail = 'diff'"),
        "moved_mail_workfree": ("mail", "mail = 'workfree'"),
        "moved_mail_local": ("mail", "mail = 'local'"),
        "moved_mail_role": ("mail", "mail = 'role'"),
        "moved_phone_same": ("phone", "same_phone"),
        "moved_phone_diff": ("phone", "phone = 'diff'"),
        "moved_phone_miss": ("phone", "phone = 'miss'"),
        "moved_city_same": ("place", "city = 'same'"),
        "moved_city_diff": ("place", "city = 'diff'"),
        "moved_rare_city": ("place", "CASE WHEN city = 'same' THEN city_bits ELSE 0 END"),
        "moved_title_same": ("title", "title = 'same'"),
        "moved_title_diff": ("title", "title = 'diff'"),
        "moved_years": ("time", "years"),
    },
    "city = 'same'": {"rare_city": ("place", "city_bits")},
    "true": {"across": ("time", "across"), "years": ("time", "years")},
}  # fmt: skip


class Feature(NamedTuple):
    """`amount` counts where `condition` holds; both are SQL over `judged`."""

    name: str
    group: str
    condition: str
    amount: str

    @property
    def sql(self) -> str:
        return f"CASE WHEN {self.condition} THEN coalesce(({self.amount})::DOUBLE, 0) ELSE 0 END"


def features() -> Iterator[Feature]:
    """All of them, always in the same order."""
    for side, levels in LEVELS.items():
        for level in levels:
            yield Feature(f"{side}_{level}", GROUP_OF[side], f"{side} = '{level}'", "1")
    for condition, block in TOGETHER.items():
        for name, (group, amount) in block.items():
            yield Feature(name, group, condition, amount)


def score(weights: Mapping[str, float], groups: Collection[str] = GROUPS) -> str:
    """The sum of the weighted features of some groups, as one expression that looks at each condition once."""
    terms = []
    for side, levels in LEVELS.items():
        if GROUP_OF[side] in groups:
            cases = " ".join(f"WHEN '{one}' THEN {number(weights.get(f'{side}_{one}', 0))}" for one in levels)
            terms.append(f"CASE {side} {cases} ELSE 0e0 END")
    for condition, block in TOGETHER.items():
        counted = {name: amount for name, (group, amount) in block.items() if group in groups and name in weights}
        if counted:
            parts = total([weighted(weights[name], amount) for name, amount in counted.items()])
            terms.append(f"CASE WHEN {condition} THEN {parts} ELSE 0e0 END")
    return total(terms)


def total(terms: Sequence[str]) -> str:
    """Their sum, in halves: an engine plans a long chain of additions in the square of its length."""
    if len(terms) < 2:
        return terms[0] if terms else "0e0"
    middle = len(terms) // 2
    return f"({total(terms[:middle])} + {total(terms[middle:])})"


def weighted(weight: float, amount: str) -> str:
    return number(weight) if amount == "1" else f"{number(weight)} * coalesce(({amount})::DOUBLE, 0e0)"


def number(weight: float) -> str:
    """A floating-point literal: decimal arithmetic would cost several times as much."""
    return f"{weight:.6e}"


@lru_cache(maxsize=64)
def numbered(question: str) -> str:
    """The question with numbers for the words of the levels."""
    return re.sub(r"'(\w+)'", lambda found: str(NUMBER_OF.get(found[1], found[0])), question)
