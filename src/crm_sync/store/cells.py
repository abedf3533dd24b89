"""One cell: what a database can hold of a record's value, and the way back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from types import MappingProxyType

import msgspec

from crm_sync.records import NOTHING, Ref

# The same owners, people and facts stand in row after row: each text is read once, and what it says is one object,
# which takes no more memory however often it is told.
once = lru_cache(maxsize=1 << 14)
TEXTS, PAIRS = msgspec.json.Decoder(tuple[str, ...]), msgspec.json.Decoder(dict[str, str])


def storable(text: str | None) -> str | None:
    return text if text is None or text.isprintable() else clean(text)


def clean(text: str) -> str:
    """Without what a database cannot hold: NUL, and halves of characters that a CRM has cut in the middle."""
    if text.isprintable():
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def ref_text(ref: Ref | None) -> str | None:
    return None if ref is None else ":".join(ref)


@once
def ref_told(text: str) -> Ref:
    return Ref.parse(text)


def ref_of(text: str | None) -> Ref | None:
    return None if text is None else ref_told(text)


def texts_to_json(values: Iterable[str]) -> str | None:
    """Written by hand, as `dumps` would: a list of two phones is not worth an encoder of its own."""
    return f"[{','.join([quoted(clean(value)) for value in values])}]" if values else None


def texts_of(text: str | None) -> tuple[str, ...]:
    return TEXTS.decode(text) if text else ()


def refs_to_json(refs: Iterable[Ref]) -> str | None:
    return f"[{','.join([quoted(':'.join(ref)) for ref in refs])}]" if refs else None


@once
def refs_of(text: str | None) -> tuple[Ref, ...]:
    return tuple(map(ref_told, TEXTS.decode(text))) if text else ()


def mapping_to_json(values: Mapping[str, str]) -> str | None:
    pairs = [f"{quoted(name)}:{quoted(clean(value))}" for name, value in sorted(values.items())]
    return f"{{{','.join(pairs)}}}" if pairs else None


def values_to_json(values: Mapping[str, str | None]) -> str:
    """As `dumps` would write it, in a third of the time: a first plan wants to write to everybody."""
    pairs = [f"{quoted(name)}:{'null' if one is None else quoted(one)}" for name, one in sorted(values.items())]
    return f"{{{','.join(pairs)}}}"


@once
def mapping_of(text: str | None) -> Mapping[str, str]:
    return MappingProxyType(PAIRS.decode(text)) if text else NOTHING


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
