"""One HTTPS port for all tests of a session; behind it stands the app of the test that runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


class Door:
    """`app` answers at `url`, for those who trust `ca_file`."""

    app: ASGIApp
    url: str
    ca_file: Path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@contextmanager
def open_door(place: Path) -> Iterator[Door]:
    """Open as long as the block; certificates stand in `place`."""
    door, authority, secure = Door(), trustme.CA(), place / "server.pem"
    door.ca_file = place / "ca.pem"
    authority.cert_pem.write_to_path(str(door.ca_file))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(secure))
    server = uvicorn.Server(
        uvicorn.Config(
            door, "127.0.0.1", 0, log_level="critical", lifespan="off", ws="none", date_header=False,
            ssl_certfile=str(secure), interface="asgi3", timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    door.url = f"https://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield door
    server.should_exit = True
    thread.join(5)
