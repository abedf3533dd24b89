"""Records made from a company's own, of which it is known who they are: copies that say less, and people who only look
alike. Weights that find fewer of the first, or take more of the second for the same person, are not believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any, Final, NamedTuple

import pyarrow as pa

Row = Mapping[str, Any]
TOLD: Final = ("first_name", "last_name")  # what a record has to say to be an example
MOST: Final = 800  # examples
ONE_IN: Final = 10  # records at most: more would say something about everybody
LETTERS: Final = 4  # of a surname: a shorter one is not misspelt


class Examples(NamedTuple):
    """`people` are all rows with the examples behind them; `copies` and `strangers` pairs of a row and its example."""

    people: pa.Table
    copies: tuple[tuple[int, int], ...]
    strangers: tuple[tuple[int, int], ...]


def examples(people: pa.Table) -> Examples:
    """Evenly drawn from `people` (chain.PEOPLE, `rid` from 0 on): the same from the same people."""
    rows = told(people)
    wanted = min(MOST, len(people) // ONE_IN, len(rows))
    step = len(rows) // wanted if wanted else 1
    drawn = rows[: wanted * step : step]
    others = [rows[(place + len(rows) // 2) % len(rows)] for place in range(0, wanted * step, step)]
    made = list(told_of(drawn, others))
    count = len(people)
    added = [{**row, "rid": count + place} for place, (_, row, _) in enumerate(made)]
    pairs = [(of, count + place, same) for place, (of, _, same) in enumerate(made)]
    return Examples(
        pa.concat_tables([people, pa.Table.from_pylist(added, people.schema)]),
        tuple((of, row) for of, row, same in pairs if same),
        tuple((of, row) for of, row, same in pairs if not same),
    )


def told(people: pa.Table) -> list[dict[str, Any]]:
    named = people.select(TOLD).to_pylist()
    places = [place for place, row in enumerate(named) if all(row.values())]
    return list(people.take(pa.array(places, pa.int64())).to_pylist())


def told_of(drawn: Sequence[Row], others: Sequence[Row]) -> Iterator[tuple[int, Row, bool]]:
    """The row that each is made of, the example, and whether it is the same person."""
    kinds = (without_mail, relative, without_phone, namesake, misspelt, relative, elsewhere_unsaid, namesake)
    for one, other, kind in zip(drawn, others, cycle(kinds), strict=False):
        if made := kind(one, other):
            yield one["rid"], made, kind not in (relative, namesake)


def without_mail(one: Row, _: Row) -> Row:
    return {**one, "emails": []}


def without_phone(one: Row, _: Row) -> Row:
    return {**one, "phones": [], "title": None}


def misspelt(one: Row, _: Row) -> Row | None:
    """Two letters of the surname change places."""
    name = one["last_name"]
    return (
        {**one, "last_name": f"{name[0]}{name[2]}{name[1]}{name[3:]}", "phones": []} if len(name) >= LETTERS else None
    )


def elsewhere_unsaid(one: Row, _: Row) -> Row:
    return {**one, "company": None, "domain": None, "title": None, "country": None}


def relative(one: Row, other: Row) -> Row | None:
    """Somebody else of that surname at that company, who answers the same telephone."""
    if alike(one, other, "first_name"):
        return None
    return {**one, "first_name": other["first_name"], "emails": [], "title": other["title"]}


def namesake(one: Row, other: Row) -> Row | None:
    """Somebody of that name elsewhere."""
    if one["company"] and other["company"] and alike(one, other, "company"):
        return None
    places = {name: other[name] for name in ("source", "company", "domain", "title", "city", "country", "created_at")}
    return {**one, **places, "emails": [], "phones": other["phones"]}


def alike(one: Row, other: Row, column: str) -> bool:
    return bool(one[column].casefold()[:1] == other[column].casefold()[:1])
