"""Whose path it is, and which paths are the same but for their ids."""

from __future__ import annotations

import re

_IDS = re.compile(r"\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\w{0,2}\d)\w{15,18}(?:-\d+)?")


def is_ours(path: str) -> bool:
    """The control API and the record pages: no CRM has them, so nothing counts, limits or spoils them."""
    return path.startswith(("/sandbox", "/hubspot/record/", "/salesforce/record/"))


def face_of(path: str) -> str:
    return "salesforce" if path.startswith("/services") else "hubspot"


def template(path: str) -> str:
    """A path with its ids made equal: /crm/v3/objects/contacts/512 and /513 are one."""
    return "/".join("{id}" if _IDS.fullmatch(part) else part for part in path.split("/"))


def matches(match: str, method: str, path: str) -> bool:
    """Whether a call is meant by an order: a method (or *) and the start of a path, in which * stands for one part."""
    wanted, prefix = match.split()
    if wanted not in ("*", method):
        return False
    pattern = "[^/]+".join(re.escape(part) for part in prefix.split("*"))
    return re.match(pattern, path) is not None


def checked_match(match: str) -> str:
    """Refuses an order that names no method or no path."""
    if not isinstance(match, str) or len(match.split()) != 2 or not match.split()[1].startswith("/"):
        raise ValueError(f'"match" is {match!r}; it must be a method (or *) and the start of a path')
    return match
