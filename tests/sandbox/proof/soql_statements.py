"""Generated SOQL: every condition comes as text and as the Python function that it must equal."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

Row = Mapping[str, Any]
#: SOQL's text, and what it must hold of a row.
Condition = tuple[str, Callable[[Row], bool]]

TODAY = date(2026, 5, 29)  # Friday evening, where the user is
NOON = datetime(2026, 5, 29, 12, tzinfo=UTC)
NAMES = ("Alpha", "alpha", "Beta 100%", "be_ta", "Peña", "PEÑA", "O'Hara", "back\\slash", "Zeta", None)
STAGES = ("Prospecting", "Qualification", "Closed Won", "Closed Lost", None)
AMOUNTS = (0.0, 10.0, 10.5, 999.99, 1000.0, -3.0, None)
DAYS = tuple((TODAY + timedelta(days)).isoformat() for days in (-400, -90, -31, -30, -1, 0, 1, 2, 40))
ACCOUNTS = ("Acme", "acmé", "Norte", "100%")
_LOWER = {ord(one): one.lower() for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_COMPARE = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Statement:
    """A valid query: its text, the rows it keeps, and by which keys it orders them."""

    text: str
    keeps: Callable[[Row], bool]
    order: tuple[tuple[str, bool, bool], ...]  # field, descending, nulls last
    limit: int | None


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fold(value: Any) -> Any:
    """Text compares without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def ranked(value: Any) -> Any:
    """What rows are ordered by: the sandbox folds only the letters of ASCII there, for speed."""
    return value.translate(_LOWER) if isinstance(value, str) else value


def compared(field: str, sign: str, value: Any) -> Callable[[Row], bool]:
    """A comparison with null is false, but for != which is then true."""
    if sign == "!=":
        return lambda row: row[field] is None or fold(row[field]) != fold(value)
    return lambda row: row[field] is not None and bool(_COMPARE[sign](fold(row[field]), fold(value)))


def is_like(field: str, pattern: str) -> Callable[[Row], bool]:
    """Here, too, only the letters of ASCII are folded."""
    parts = ["." if one == "_" else ".*" if one == "%" else re.escape(one) for one in pattern]
    wanted = re.compile("".join(parts), re.IGNORECASE | re.DOTALL | re.ASCII)
    return lambda row: row[field] is not None and wanted.fullmatch(row[field]) is not None


_TEXTS = {"Name": NAMES, "StageName": STAGES, "Account.Name": ACCOUNTS}
_SIGNS = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))


@st.composite
def text_condition(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(sorted(_TEXTS)))
    values = st.sampled_from([one for one in _TEXTS[field] if one]) | st.sampled_from(("aLPHA", "peñA", "m"))
    if draw(st.booleans()):
        sign, value = draw(_SIGNS), draw(values)
        return f"{field} {sign} {quoted(value)}", compared(field, sign, value)
    if draw(st.booleans()):
        pattern = draw(st.sampled_from(("a%", "%A", "_e%", "%eÑ%", "%", "pe_a", "alpha", "%l%")))
        return f"{field} LIKE {quoted(pattern)}", is_like(field, pattern)
    some = draw(st.lists(values, min_size=1, max_size=3))
    inside = draw(st.booleans())
    among = {fold(one) for one in some}
    text = f"{field} {'IN' if inside else 'NOT IN'} ({', '.join(quoted(one) for one in some)})"
    return text, lambda row: (fold(row[field]) in among) is inside


@st.composite
def number_condition(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(("Amount", "Account.NumberOfEmployees")))
    sign, value = draw(_SIGNS), draw(st.sampled_from((-3, 0, 10, 10.5, 25, 999.99, 1000)))
    return f"{field} {sign} {value}", compared(field, sign, value)


@st.composite
def day_condition(draw: st.DrawFn) -> Condition:
    sign = draw(_SIGNS)
    word, first, last = draw(st.sampled_from(_SPANS))
    if draw(st.booleans()):
        first = last = date.fromisoformat(draw(st.sampled_from(DAYS)))
        word = first.isoformat()
    return f"CloseDate {sign} {word}", within("CloseDate", sign, first.isoformat(), last.isoformat())


def within(field: str, sign: str, first: Any, last: Any) -> Callable[[Row], bool]:
    """A span is equal to each of its days; what is less lies before its first, what is greater after its last."""
    match sign:
        case "=":
            return lambda row: row[field] is not None and first <= row[field] <= last
        case "!=":
            return lambda row: row[field] is None or not first <= row[field] <= last
        case "<" | ">=":
            return compared(field, sign, first)
        case _:
            return compared(field, sign, last)


_SPANS = (
    ("TODAY", TODAY, TODAY),
    ("YESTERDAY", TODAY - timedelta(1), TODAY - timedelta(1)),
    ("LAST_N_DAYS:30", TODAY - timedelta(30), TODAY),
    ("NEXT_N_DAYS:2", TODAY + timedelta(1), TODAY + timedelta(2)),
    ("THIS_MONTH", TODAY.replace(day=1), date(2026, 5, 31)),
    ("LAST_MONTH", date(2026, 4, 1), date(2026, 4, 30)),
    ("THIS_YEAR", date(2026, 1, 1), date(2026, 12, 31)),
)


@st.composite
def instant_condition(draw: st.DrawFn) -> Condition:
    """Instants are compared by whole seconds."""
    sign = draw(_SIGNS)
    at = NOON + timedelta(seconds=draw(st.sampled_from((-1, 0, 1, 60))))
    return f"CreatedDate {sign} {at:%Y-%m-%dT%H:%M:%SZ}", compared("CreatedDate", sign, at)


@st.composite
def flag_condition(draw: st.DrawFn) -> Condition:
    equal, wanted = draw(st.booleans()), draw(st.booleans())
    text = f"IsWon {'=' if equal else '!='} {str(wanted).upper()}"
    return text, lambda row: (bool(row["IsWon"]) is wanted) is equal


@st.composite
def null_condition(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(("Name", "Amount", "Account.Name", "AccountId", "StageName")))
    equal = draw(st.booleans())
    return f"{field} {'=' if equal else '!='} null", lambda row: (row[field] is None) is equal


@st.composite
def semi_join(draw: st.DrawFn) -> Condition:
    name, inside = draw(st.sampled_from(ACCOUNTS)), draw(st.booleans())
    among = f"(SELECT Id FROM Account WHERE Name != {quoted(name)})"
    other = compared("Account.Name", "!=", name)
    text = f"AccountId {'IN' if inside else 'NOT IN'} {among}"
    return text, lambda row: (row["AccountId"] is not None and other(row)) is inside


LEAVES: st.SearchStrategy[Condition] = st.one_of(
    text_condition(),
    number_condition(),
    day_condition(),
    instant_condition(),
    flag_condition(),
    null_condition(),
    semi_join(),
)


def joined(terms: list[Condition], word: str) -> Condition:
    decide = all if word == "AND" else any
    return "(" + f" {word} ".join(text for text, _ in terms) + ")", lambda row: decide(keeps(row) for _, keeps in terms)


def _larger(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3)
    negated = inner.map(lambda one: (f"(NOT {one[0]})", lambda row: not one[1](row)))
    return st.builds(joined, several, st.sampled_from(("AND", "OR"))) | negated


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(LEAVES, _larger, max_leaves=6)
FIELDS = ("Name", "StageName", "Amount", "CloseDate", "IsWon", "CreatedDate", "Account.Name")


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    text, keeps = draw(CONDITIONS)
    order = tuple(
        (field, draw(st.booleans()), draw(st.booleans()))
        for field in draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True))
    )
    limit = draw(st.none() | st.integers(1, 30))
    parts = [f"{f}{' DESC' if down else ''}{' NULLS LAST' if last else ''}" for f, down, last in order]
    tail = (f" ORDER BY {', '.join(parts)}" if parts else "") + (f" LIMIT {limit}" if limit else "")
    return Statement(f"SELECT Id, {', '.join(FIELDS)} FROM Opportunity WHERE {text}{tail}", keeps, order, limit)
