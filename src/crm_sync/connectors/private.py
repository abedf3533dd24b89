"""What is sent but never shown: headers, forms and answers that hold a secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

PUBLIC: Final = frozenset({"grant_type", "client_id"})  # parts of a login form that are no secrets


class Private(dict[str, Any]):
    """A dict for clients to send. Logs, errors and tracebacks with their locals see its keys, never its values."""

    def __repr__(self) -> str:
        return f"<private: {', '.join(self)}>"

    __str__ = __repr__

    def __rich_repr__(self) -> Iterator[str]:
        yield from self

    def kept_out_of(self, text: str) -> str:
        """What the other side says of it, without the values that it quotes."""
        for value in (str(value) for name, value in self.items() if name not in PUBLIC):
            text = text.replace(value, "…") if value else text
        return text
