"""httpx over aiohttp: the client that we know, with answers read by a parser in C.

httpx's own transport costs more than a millisecond of processor for a page of records, aiohttp's parser a tenth of it;
at fifty rows a page that would be the largest part of what reading costs. Errors are httpx's, whoever was at work.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from weakref import WeakSet

import aiohttp
import httpx
from yarl import URL

from crm_sync.connectors.trust import trusting_as_usual

FAREWELL: Final = 0.5  # seconds that a host has to answer a goodbye, and again to see that nobody waits for it
GLANCE: Final = 0.005  # seconds
KEPT: Final = 4.0  # seconds that an idle connection may be used again; servers end theirs after 5 and more
UNZIPPED: Final = b"content-encoding"  # bodies come as they were before they were packed

#: The first that fits decides, so the special ones stand before the general ones.
ERRORS: Final[Mapping[type[Exception], type[httpx.TransportError]]] = {
    aiohttp.SocketTimeoutError: httpx.ReadTimeout,
    aiohttp.ConnectionTimeoutError: httpx.ConnectTimeout,
    aiohttp.ServerTimeoutError: httpx.ReadTimeout,
    aiohttp.ClientProxyConnectionError: httpx.ProxyError,
    aiohttp.ClientConnectorError: httpx.ConnectError,
    aiohttp.InvalidURL: httpx.UnsupportedProtocol,
    aiohttp.NonHttpUrlClientError: httpx.UnsupportedProtocol,
    aiohttp.ClientError: httpx.RemoteProtocolError,  # the connection ended, or what came over it is no answer
    TimeoutError: httpx.ReadTimeout,
    ValueError: httpx.LocalProtocolError,  # a header that cannot be sent
    OSError: httpx.ReadError,
}


class Transport(httpx.AsyncBaseTransport):
    """`trusted` are the certificate authorities, those of httpx where None. Proxies come from the environment."""

    def __init__(self, trusted: ssl.SSLContext | None = None) -> None:
        self._trusted = trusted
        self._opened: aiohttp.ClientSession | None = None
        self._sockets: WeakSet[socket.socket] = WeakSet()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer. Raises httpx.TransportError."""
        try:
            async with self._session().request(
                request.method, URL(str(request.url), encoded=True), headers=request.headers.multi_items(),
                data=request.content or None, allow_redirects=False, timeout=patience(request),
            ) as answer:  # fmt: skip
                content = await answer.read()
        except tuple(ERRORS) as problem:
            raise said_by_httpx(problem) from problem
        headers = [(name, value) for name, value in answer.raw_headers if name.lower() != UNZIPPED]
        return httpx.Response(answer.status, headers=headers, content=content, request=request)

    async def aclose(self) -> None:
        """Nothing is open afterwards. aiohttp waits for connections that it knows; one whose call was given up is none
        of them any more, and over TLS it stays open until the host says goodbye, too."""
        if self._opened:
            await self._opened.close()
        if await self._open_after(FAREWELL):
            for one in self._sockets:
                with suppress(OSError):  # ended in this moment
                    one.shutdown(socket.SHUT_RDWR)
            await self._open_after(FAREWELL)

    async def _open_after(self, seconds: float) -> bool:
        """Whether any connection is still open when all have had that long to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while any(one.fileno() != -1 for one in self._sockets):
                    await asyncio.sleep(GLANCE)
                return False
        return True

    def _socket(self, address: aiohttp.AddrInfoType) -> socket.socket:
        """As aiohttp makes them; who made them knows which are open."""
        family, kind, protocol, _, _ = address
        one = socket.socket(family=family, type=kind, proto=protocol)
        self._sockets.add(one)
        return one

    def _session(self) -> aiohttp.ClientSession:
        """Opened by the first call: it belongs to the loop in which it is used."""
        if self._opened is None:
            connections = aiohttp.TCPConnector(
                ssl=self._trusted or trusting_as_usual(), keepalive_timeout=KEPT, limit=0, socket_factory=self._socket
            )
            self._opened = aiohttp.ClientSession(
                connector=connections, cookie_jar=aiohttp.DummyCookieJar(), trust_env=True, auto_decompress=True
            )
        return self._opened


def patience(request: httpx.Request) -> aiohttp.ClientTimeout:
    """The request's own deadlines."""
    said = request.extensions.get("timeout", {})
    return aiohttp.ClientTimeout(total=None, sock_connect=said.get("connect"), sock_read=said.get("read"))


def said_by_httpx(problem: Exception) -> httpx.TransportError:
    kind = next(ours for theirs, ours in ERRORS.items() if isinstance(problem, theirs))
    return kind(str(problem) or type(problem).__name__)
