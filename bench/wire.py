"""A client that costs next to nothing, so that the server is measured: requests as bytes, answers read by length."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Failed(Exception):
    """The server said something else than 2xx."""


@dataclass(frozen=True, slots=True)
class Wire:
    """One connection that stays open."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str
    token: str

    @classmethod
    async def to(cls, url: str, token: str) -> Wire:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 24)
        return cls(reader, writer, parts.netloc, token)

    async def get(self, target: str) -> bytes:
        return await self._ask("GET", target, b"", "")

    async def post(self, target: str, body: bytes, kind: str = "application/json") -> bytes:
        return await self._ask("POST", target, body, kind)

    async def _ask(self, method: str, target: str, body: bytes, kind: str) -> bytes:
        lines = [f"{method} {target} HTTP/1.1", f"host: {self.host}", f"content-length: {len(body)}"]
        lines += [f"authorization: Bearer {self.token}"] if self.token else []
        lines += [f"content-type: {kind}"] if kind else []
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        found = _LENGTH.search(head)
        answer = await self.reader.readexactly(int(found.group(1)) if found else 0)
        if not head.startswith(b"HTTP/1.1 2"):
            raise Failed(f"{method} {target[:80]}: {head[:60]!r} {answer[:300]!r}")
        return answer

    def close(self) -> None:
        self.writer.close()
