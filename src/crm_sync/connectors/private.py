"""What is sent but never shown: headers, forms and answers that hold a secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Private(dict[str, Any]):
    """A dict for clients to send. Logs, errors and tracebacks with their locals see its keys, never its values."""

    def __repr__(self) -> str:
        return f"<private: {', '.join(self)}>"

    __str__ = __repr__

    def __rich_repr__(self) -> Iterator[str]:
        yield from self
