"""The date-versioned family of paths, derived from the v3 and v4 paths by one table of rules."""

from __future__ import annotations

import re
from typing import Any, Final

from starlette.convertors import Convertor, register_url_convertor

#: (a v3 or v4 path, its date-versioned form); the first rule that matches decides, `@` stands for the version.
_RULES: Final = (
    (r"/crm/v4/(associations|objects)/(.*)", r"/crm/\1/@/\2"),
    (r"/crm/v3/([a-z-]+)(/.*)?", r"/crm/\1/@\2"),
    (r"/marketing/v3/([a-z-]+)(/.*)?", r"/marketing/\1/@\2"),
    (r"/events/v3/events(/.*)?", r"/events/event-occurrences/@\1"),
    (r"/(account-info|events|oauth)/v3/(.*)", r"/\1/@/\2"),
)


class _Version(Convertor[str]):
    """A version that is still supported: both answer what v3 answers."""

    regex = "2026-0[39]"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: Any) -> str:
        return str(value)


register_url_convertor("hubspot_version", _Version())


def dated(path: str) -> str | None:
    """The date-versioned path of a v3 or v4 path template; None for paths that have none."""
    for pattern, form in _RULES:
        if re.fullmatch(pattern, path):
            return re.sub(pattern, form, path).replace("@", "{version:hubspot_version}")
    return None
