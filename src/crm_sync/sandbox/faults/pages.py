"""Pages that are not what they should be: rows in any order, and rows that stood on the page before."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.asgi import Spoken
from crm_sync.sandbox.faults.order import Fault


def shuffled(fault: Fault, answer: Spoken) -> Spoken:
    """The same rows in an order that the seed gives."""
    body, rows = _page(answer)
    if rows:
        fault.dice.shuffle(rows)
    return answer.saying_json(body) if rows else answer


def repeated(fault: Fault, path: str, answer: Spoken) -> Spoken:
    """Some rows of the page before, and then this page: what a reader sees when rows move under it."""
    body, rows = _page(answer)
    if not rows:
        return answer
    kind = _kind(path, rows[0])
    before, fault.last_pages[kind] = fault.last_pages.get(kind, []), list(rows)
    again = min(len(before), max(1, round(len(before) * fault.share)))
    rows[:0] = fault.dice.sample(before, again) if before else []
    return answer.saying_json(body)


def _kind(path: str, row: Any) -> str:
    """Whose rows these are: a page never repeats those of another object. Salesforce asks for all by one path."""
    about = row.get("attributes") if isinstance(row, dict) else None
    return str(about.get("type")) if isinstance(about, dict) else path


def _page(answer: Spoken) -> tuple[Any, list[Any]]:
    """The parsed body and its rows, which may be changed in place."""
    body = answer.json() if answer.status == 200 else None
    rows = (body.get("results") or body.get("records")) if isinstance(body, dict) else None
    return body, rows if isinstance(rows, list) else []
