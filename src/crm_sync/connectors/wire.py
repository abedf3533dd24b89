"""HTTP/1.1 to hosts that are called thousands of times: requests as bytes, answers read by length, connections kept.

httpx costs a millisecond of processor for a call, this a tenth of it; at 50 rows a page that is the larger part of what
reading costs. It does one thing: whole answers over kept connections. Where a proxy stands in between, `Http` uses
httpx.
Errors are httpx's own, so that whoever calls need not know which of the two was at work.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from crm_sync.clock import stopwatch

KEPT: Final = 4.0  # seconds that an idle connection may be used again; servers end theirs after 5 and more
LONGEST_HEAD: Final = 1 << 18
UNDERSTOOD: Final = frozenset({"params", "json", "data", "content", "headers"})
BODILESS: Final = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)  # of a login it holds tokens


@dataclass(slots=True)
class Line:
    """One connection, and when it was last used."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: float

    @property
    def fresh(self) -> bool:
        return not self.reader.at_eof() and not self.writer.is_closing() and stopwatch() - self.used < KEPT


@dataclass(frozen=True, slots=True)
class Origin:
    secure: bool
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> tuple[Origin, str]:
        """The host of a URL, and the rest of it as a request names it."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{parts.query}" if parts.query else "")
        return cls(secure, parts.hostname or "", parts.port or (443 if secure else 80)), target

    @property
    def name(self) -> str:
        """As the Host header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def behind_proxy(url: str) -> bool:
    """Does the environment want calls to this URL to go through a proxy?"""
    parts, proxies = urlsplit(url), getproxies()
    there = parts.scheme in proxies or "all" in proxies
    return there and not proxy_bypass(parts.hostname or "")


class Wire:
    """Connections to the hosts of one account."""

    def __init__(self, trusted: ssl.SSLContext | None, seconds: float = 60.0) -> None:
        self._trusted, self._seconds = trusted, seconds
        self._idle: dict[Origin, deque[Line]] = {}

    async def ask(self, method: str, url: str, named: Mapping[str, Any]) -> Raw:
        """`named` is what `UNDERSTOOD` lists, as httpx means it. Raises httpx.TransportError."""
        origin, target = Origin.of(url)
        request = written(method, origin.name, target, named)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._ask(origin, request)
        except TimeoutError:
            raise httpx.ReadTimeout(f"no whole answer within {self._seconds:.0f} seconds") from None

    async def close(self) -> None:
        """Ends connections."""
        for lines in self._idle.values():
            for line in lines:
                line.writer.transport.abort()  # nothing is on its way
        self._idle.clear()
        await asyncio.sleep(0)  # sockets are closed in the next turn

    async def _ask(self, origin: Origin, request: bytes) -> Raw:
        line = await self._line(origin)
        kept = False
        try:
            line.writer.write(request)
            raw, kept = await answer(line.reader)
            return raw
        except (OSError, EOFError, asyncio.LimitOverrunError, zlib.error, ValueError) as problem:
            raise httpx.RemoteProtocolError(f"the connection ended in the middle of an answer ({problem})") from None
        finally:
            self._keep(origin, line) if kept else line.writer.close()

    async def _line(self, origin: Origin) -> Line:
        idle = self._idle.setdefault(origin, deque())
        while idle:
            line = idle.pop()
            if line.fresh:
                return line
            line.writer.close()
        try:
            pair = await asyncio.open_connection(
                origin.host, origin.port, ssl=self._context() if origin.secure else None, limit=LONGEST_HEAD
            )
        except (OSError, ssl.SSLError) as problem:
            raise httpx.ConnectError(str(problem)) from problem
        return Line(*pair, stopwatch())

    def _keep(self, origin: Origin, line: Line) -> None:
        line.used = stopwatch()
        self._idle[origin].append(line)

    def _context(self) -> ssl.SSLContext:
        if self._trusted is None:
            self._trusted = httpx.create_ssl_context()
        return self._trusted


def written(method: str, host: str, target: str, named: Mapping[str, Any]) -> bytes:
    """The request as bytes. Raises httpx.LocalProtocolError for a header that would end too early."""
    if params := named.get("params"):
        target += ("&" if "?" in target else "?") + urlencode(params, doseq=True, quote_via=quote)
    body, kind = body_of(named)
    told = {"host": host, "accept": "*/*", "accept-encoding": "gzip", "connection": "keep-alive"}
    told |= {"content-type": kind} if kind else {}
    told |= {"content-length": str(len(body))} if body or method in ("POST", "PATCH", "PUT") else {}
    told |= {name.lower(): value for name, value in (named.get("headers") or {}).items()}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    if any("\r" in line or "\n" in line for line in lines) or not target.isascii() or " " in target:
        raise httpx.LocalProtocolError("a line of the request cannot be sent")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def body_of(named: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body and its type, in the forms that httpx sends."""
    if named.get("json") is not None:
        text = json.dumps(named["json"], ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(), "application/json"
    if named.get("data") is not None:
        return urlencode(named["data"], doseq=True).encode(), "application/x-www-form-urlencoded"
    content = named.get("content") or b""
    return content.encode() if isinstance(content, str) else content, ""


async def answer(reader: asyncio.StreamReader) -> tuple[Raw, bool]:
    """The answer that comes, and whether the connection may be used again. Raises EOFError, ValueError."""
    status, headers, version = 100, dict[str, str](), ""
    while status < 200:  # 100 and 103 are no answers yet
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head[:-4].decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        status = int(rest[:3])
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
    content, ended = await content_of(reader, status, headers)
    if headers.get("content-encoding", "").lower() == "gzip" and content:
        content = zlib.decompress(content, wbits=31)
    return Raw(status, headers, content), version == "HTTP/1.1" and not ended and headers.get("connection") != "close"


async def content_of(reader: asyncio.StreamReader, status: int, headers: Mapping[str, str]) -> tuple[bytes, bool]:
    """The body, and whether only the end of the connection ended it."""
    if status in BODILESS:
        return b"", False
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await chunks(reader), False
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"])), False
    return await reader.read(), True


async def chunks(reader: asyncio.StreamReader) -> bytes:
    found: list[bytes] = []
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        found.append(await reader.readexactly(size))
        await reader.readexactly(2)
    while (await reader.readuntil(b"\r\n")) != b"\r\n":
        pass  # trailers say nothing that we ask for
    return b"".join(found)
