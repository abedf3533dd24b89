"""About which records something was told since the last plan, and whose time has come: nobody else is judged anew.

Pages mark what they change, from the first plan on that says by what it judged; each plan takes the marks away, in the
transaction that keeps what it concluded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from crm_sync.changes import Basis
from crm_sync.records import News, Ref
from crm_sync.store.cells import texts_of
from crm_sync.store.database import Database
from crm_sync.store.differing import FORM
from crm_sync.store.schema import (
    credits,
    deals,
    employers,
    judging,
    known,
    known_companies,
    moved,
    outbox,
    people,
    unknowns,
)
from crm_sync.store.shapes import RECORDS, Row, Shape
from crm_sync.store.statements import batches, read_cells, read_whole, upsert
from crm_sync.store.writes import REFUSED

PEOPLE, DEALS, HOUSE = "people", "deals", "house"
OF_TABLE: Final[Mapping[str, str]] = {
    "deals": DEALS, "owners": HOUSE, "calendars": HOUSE, "campaigns": HOUSE,
}  # fmt: skip
RENEWAL: Final = timedelta(days=1)  # everybody is judged anew that often, so that whatever went wrong mends itself
HORIZONS: Final = msgspec.json.Decoder(dict[str, datetime | None])
Mark = tuple[str, str]  # a ref, and what it may be of


def read_news(database: Database, now: datetime, by: Basis) -> News | None:
    """What there is since the last plan; records that refused a write are looked at each time, since it depends on what
    is wanted whether they have another chance. None: everybody has to be judged, for that plan judged by something
    else, is too old, or stands later than `now`; or an owner, a calendar or a campaign is another than it was."""
    with database.reading() as connection:
        last = connection.execute(select(judging)).first()
        if last is None or not may_follow(last, now, by):
            return None
        marks = connection.execute(select(moved.c.ref, moved.c.about)).all()
        abouts = {mark.about for mark in marks}
        if HOUSE in abouts:
            return None
        refused = connection.execute(select(outbox.c.ref).where(REFUSED).distinct()).scalars()
        come = select(known.c.person_id).where(known.c.moves_at <= now)
        return News(
            refs=frozenset(map(Ref.parse, (*(mark.ref for mark in marks), *refused))),
            of_deals=DEALS in abouts,
            due=frozenset(connection.execute(come).scalars()),
            earners=frozenset(connection.execute(select(credits.c.person_id).distinct()).scalars()) - {None},
            employers=employers_before(connection),
            unknowns=tuple(unknowns_before(connection)),
        )


def may_follow(last: Any, now: datetime, by: Basis) -> bool:
    before = HORIZONS.decode(last.horizons)
    return (
        last.tables == tables_of(by)
        and last.everybody_at <= now < last.everybody_at + RENEWAL
        and last.judged_at <= now
        and before.keys() == by.horizons.keys()
        and all(goes_on(horizon, by.horizons[crm]) for crm, horizon in before.items())
    )


def tables_of(by: Basis) -> str:
    """And the code that judges by them."""
    return f"{FORM.decode()} {by.tables}"


def goes_on(before: datetime | None, after: datetime | None) -> bool:
    return before is None if after is None else before is None or before <= after


def employers_before(connection: Connection) -> dict[Ref, tuple[str, str]]:
    """Record of a person → the company's id and name, by the last plan."""
    names = dict(connection.execute(select(known_companies.c.company_id, known_companies.c.name)).all())
    rows = read_whole(connection, (employers.c.ref, employers.c.company_id))
    return {Ref.parse(ref): (company, names.get(company, "")) for ref, company in rows}


def unknowns_before(connection: Connection) -> Iterator[tuple[Ref, str, str]]:
    columns = (unknowns.c.ref, unknowns.c.field, unknowns.c.value)
    return ((Ref.parse(ref), field, value) for ref, field, value in read_whole(connection, columns))


def is_followed(connection: Connection) -> bool:
    """Whether the next plan may be content with what is marked."""
    return connection.execute(select(judging.c.tables)).first() is not None


def mark_rows(connection: Connection, shape: Shape, told: Sequence[tuple[Row, Row | None]]) -> None:
    """Rows of a page that say something new, each with the one before."""
    if told and is_followed(connection):
        marks = {mark for row, held in told for one in (row, held) if one for mark in marks_of(shape, one)}
        put_marks(connection, marks)


def marks_of(shape: Shape, row: Row) -> Iterator[Mark]:
    """The record itself, whom it names, and which records it says that it is one with: deals count once, and who is
    gone is whoever says so, with all that is told of them."""
    yield row[0], OF_TABLE.get(shape.table.name, PEOPLE)
    if shape.names_people is not None:
        yield from ((person, PEOPLE) for person in texts_of(row[shape.names_people]))
    if shape.table in (people, deals):
        about = OF_TABLE.get(shape.table.name, PEOPLE)
        yield from ((other, about) for other in texts_of(row[shape.place("same_as")]))


def mark_gone(connection: Connection, gone: Collection[str]) -> None:
    """Records that are about to be buried, and whom those name that are there still."""
    if not gone or not is_followed(connection):
        return
    marks: set[Mark] = {(ref, PEOPLE) for ref in gone}
    for shape in RECORDS:
        rows = [cells for cells in read_cells(connection, shape.columns, gone) if cells[-1]]
        marks.update(mark for row in rows for mark in marks_of(shape, row))
    put_marks(connection, marks)


def put_marks(connection: Connection, marks: Iterable[Mark]) -> None:
    """What is marked twice is marked as what weighs more, which stands further in front in the alphabet."""
    found: dict[str, str] = {}
    for ref, about in marks:
        found[ref] = min(about, found.get(ref, about))
    held = {row.ref: row.about for some in batches(found) for row in marks_among(connection, some)}
    upsert(connection, moved, [
        {"ref": ref, "about": min(about, held.get(ref, about))} for ref, about in found.items()
    ])  # fmt: skip


def marks_among(connection: Connection, refs: Collection[str]) -> Iterable[Any]:
    return connection.execute(select(moved).where(moved.c.ref.in_(refs)))


def settle_marks(
    connection: Connection, now: datetime, by: Basis | None, superseded: Collection[str], *, everybody: bool
) -> None:
    """A plan has seen to all of them. `by` None: it does not say by what it judged, and the next one judges all. If
    anybody is told of what is over depends on what waits for them, so refs whose writes are `superseded` are marked."""
    before = connection.execute(select(judging.c.everybody_at)).scalar()
    connection.execute(delete(moved))
    connection.execute(delete(judging))
    if by:
        told = {"tables": tables_of(by), "horizons": msgspec.json.encode(by.horizons).decode()}
        at = {"everybody_at": now if everybody or before is None else before, "judged_at": now}
        connection.execute(insert(judging).values({**told, **at}))
        put_marks(connection, ((ref, PEOPLE) for ref in superseded))


def count_held_back(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).where(known.c.held_back)).scalar_one())
