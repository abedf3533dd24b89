"""httpx over aiohttp, against servers that end their answers in every way that HTTP/1.1 knows."""

from __future__ import annotations

import asyncio
import gc
import gzip
import socket
import ssl
import threading
import warnings

import httpx
import pytest
import trustme

from crm_sync.connectors.http import Http
from crm_sync.connectors.transport import Transport
from crm_sync.connectors.trust import trusting
from crm_sync.errors import TryLater

JSON = b'{"fine": true}'


class Server:
    """Says `answers` one after the other, whatever is asked, and counts its connections."""

    def __init__(self, *answers: bytes, end: bool = False) -> None:
        self.answers, self.end, self.lines, self.serving = list(answers), end, 0, []

    async def __aenter__(self) -> Server:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *problem: object) -> None:
        self.server.close()
        await asyncio.gather(*self.serving)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        self.serving.append(asyncio.current_task())
        try:
            while self.answers:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(self.answers.pop(0))
                if self.end:
                    break
            else:
                await reader.read(1)
        except EOFError:
            pass
        writer.close()
        await writer.wait_closed()


def sized(body: bytes, *lines: str) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *lines]
    return "\r\n".join([*head, "", ""]).encode() + body


def client(trusted: ssl.SSLContext | None = None, seconds: float = 5.0) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=Transport(trusted), timeout=seconds)


async def asked(url: str, times: int = 1) -> list[bytes]:
    async with client() as one:
        return [(await one.get(f"{url}/x")).content for _ in range(times)]


@pytest.mark.parametrize(
    "answer",
    [
        sized(JSON),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8;note\r\n" + JSON[:8] + b"\r\n6\r\n" + JSON[8:]
        + b"\r\n0\r\nTrailer: x\r\n\r\n",
        sized(gzip.compress(JSON), "Content-Encoding: gzip"),
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + sized(JSON),
    ],
    ids=["sized", "chunked", "zipped", "hinted"],
)  # fmt: skip
async def test_an_answer_is_whole_however_it_is_framed_and_its_connection_is_used_again(answer):
    async with Server(answer, answer, answer) as server:
        assert await asked(server.url, 3) == [JSON] * 3
        assert server.lines == 1


async def test_an_answer_that_only_the_end_of_the_connection_ends_is_whole_too():
    async with Server(b"HTTP/1.1 200 OK\r\n\r\n" + JSON, b"HTTP/1.1 200 OK\r\n\r\n" + JSON, end=True) as server:
        assert await asked(server.url, 2) == [JSON] * 2
        assert server.lines == 2


async def test_an_answer_that_breaks_off_is_no_answer():
    async with Server(sized(JSON)[:-3], end=True) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            await asked(server.url)


async def test_a_connection_that_broke_is_followed_by_another_try(at_once):
    async with Server(sized(JSON)[:-3], sized(JSON), end=True) as server:
        http = Http("hubspot", server.url, wait=at_once)
        assert (await http.get("/x")).json() == {"fine": True}
        await http.close()


async def test_a_server_that_never_answers_is_given_up_after_a_while():
    async with Server(b"") as server, client(seconds=0.05) as one:
        with pytest.raises(httpx.ReadTimeout):
            await one.get(server.url)


async def test_a_request_says_what_httpx_would_say():
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(17))
        writer.write(sized(JSON))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x%2Fy"
    named = {"params": {"q": "a b&c", "limit": 5}, "json": {"name": "Núñez"}, "headers": {"Authorization": "Bearer t"}}
    async with client() as ours, httpx.AsyncClient() as theirs:
        for one in (ours, theirs):
            await one.post(url, **named)
    server.close()
    mine, its = (set(said.lower().split(b"\r\n")) for said in heard)
    assert its - mine <= {b"connection: keep-alive"}  # what HTTP/1.1 means anyway
    assert mine <= its


async def test_a_header_that_would_end_too_early_is_not_sent():
    async with Server(sized(JSON)) as server, client() as one:
        with pytest.raises(httpx.LocalProtocolError):
            await one.get(server.url, headers={"Authorization": "Bearer t\r\nX: y"})


async def test_a_proxy_in_the_environment_is_respected(monkeypatch):
    async with Server(sized(JSON)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        assert await asked("http://crm.test") == [JSON]


async def test_a_host_that_is_not_there_is_a_connection_that_failed():
    with pytest.raises(httpx.ConnectError):
        await asked("http://127.0.0.1:9")


async def test_a_certificate_that_nobody_vouches_for_is_refused_and_named(tmp_path):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    served = asyncio.Event()

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sized(JSON))
        await reader.read(1)
        writer.transport.abort()
        served.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    http = Http("hubspot", url)
    with pytest.raises(TryLater, match="certificate that is not trusted"):
        await http.get("/x")
    async with client(trusting(tmp_path / "ca.pem", "x")) as one:
        assert (await one.get(url)).content == JSON
    await http.close()
    server.close()
    await served.wait()


def test_a_call_that_was_given_up_leaves_nothing_open_though_its_host_is_silent(tmp_path):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    listening = socket.create_server(("127.0.0.1", 0))
    asked, over = threading.Event(), threading.Event()

    def serve() -> None:
        with listening.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as line:
            line.recv(1000)
            asked.set()
            over.wait(60)

    async def give_up() -> None:
        async with client(trusting(tmp_path / "ca.pem", "x"), 60.0) as one:
            call = asyncio.ensure_future(one.get(f"https://127.0.0.1:{listening.getsockname()[1]}"))
            await asyncio.to_thread(asked.wait, 60)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)

    host = threading.Thread(target=serve, daemon=True)
    host.start()
    gc.collect()
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always")
        asyncio.run(give_up())
        gc.collect()
    over.set()
    host.join(60)
    listening.close()
    assert [str(one.message) for one in left] == []
