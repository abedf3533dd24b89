"""One record, ready to be shown: all texts in it are the record's own; words of ours are keys of words.toml."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Fields of this product in either CRM begin so, in lower case.
OURS = "smk_"


@dataclass(frozen=True, slots=True)
class Instant:
    """Epoch milliseconds, shown in the account's time zone."""

    ms: int


@dataclass(frozen=True, slots=True)
class Link:
    """Another record."""

    label: str
    text: str
    href: str


#: What a field may hold: a text, an instant, a yes or no, a link, or nothing.
Value = str | Instant | bool | Link | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One field; `name` is its API name."""

    name: str
    label: str
    value: Value


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under one heading. A `word` is a key of ours, a `label` the CRM's own heading."""

    fields: tuple[Shown, ...]
    label: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline. `kind` is a key of ours."""

    at: int
    kind: str
    title: str = ""
    text: Value = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole page."""

    crm: str
    kind: str
    record_id: str
    title: str
    subtitle: str
    facts: tuple[Shown, ...]
    groups: tuple[FieldGroup, ...]
    links: tuple[Link, ...] = ()
    timeline: tuple[Happening, ...] = field(default=())
    deleted: bool = False
