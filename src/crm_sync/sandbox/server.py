"""The sandbox as a server: a world, both faces on an HTTP and an HTTPS port, and files that say how to reach them."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import uvicorn
from starlette.applications import Starlette

from crm_sync.sandbox import tls
from crm_sync.sandbox.app import build_app, new_world
from crm_sync.sandbox.helm import Fill, Helm
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.load import LoadReport, load_exports
from crm_sync.sandbox.settings import write_settings
from crm_sync.sandbox.town import build
from crm_sync.sandbox.town.life import Life, Town
from crm_sync.sandbox.world import World

HOST: Final = "127.0.0.1"

#: Longer than this no start takes, even on a busy machine.
_PATIENCE_SECONDS = 60

#: So often the town looks at the clock when nobody asks: events and webhooks come to those who only listen.
_LOOK_SECONDS = 0.25


class Sandbox:
    """Both CRMs over one seeded town, or over exported data. Port 0 takes a free one; without a directory, the files
    go into a temporary one that leaves with the sandbox. `speed` is the world's, in times real time."""

    def __init__(
        self,
        people: int = 2000,
        seed: int = 7,
        port: int = 0,
        https_port: int = 0,
        directory: Path | None = None,
        load: Path | None = None,
        *,
        quotas: bool = False,
        speed: float = 1.0,
    ) -> None:
        self.people, self.seed, self.load = people, seed, load
        self._quotas, self._speed = quotas, speed
        self._token = f"pat-na1-{uuid5(NAMESPACE_URL, f'crm-sync sandbox {seed}')}"
        self._ports = (port, https_port)
        self._directory = directory
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._servers: list[uvicorn.Server] = []
        self._thread: threading.Thread | None = None
        #: Waited for instead of joining the thread: a join that Ctrl-C interrupts may take the thread for ended.
        self._ended = threading.Event()
        self._sockets: list[socket.socket] = []
        self._world: World | None = None
        self.report: LoadReport | None = None

    def start(self) -> Sandbox:
        """Fills the world, opens both ports, and returns when both answer; only then the world's clock runs."""
        try:
            self._begin()
        except BaseException:
            self.stop()
            raise
        return self

    def _begin(self) -> None:
        self.directory = self._place()
        self.world = self._world = new_world(speed=self._speed)
        self._life = Life(self.world)
        with self.world.clock.from_the_start():
            self._fill()
            self._certificates = tls.issue(self.directory)
            self._sockets = _listen(self._ports)
            write_settings(self.settings_file, self.card())
            self._run(build_app(self.world, Helm.of(self.world, self._refill, self._life, quotas=self._quotas)))

    def stop(self) -> None:
        """Closes both ports; the world is gone after that."""
        for server in self._servers:
            server.should_exit = True
        if self._thread is not None:
            self._thread.join()
        for one in self._sockets:
            one.close()
        if self._world is not None:
            self._world.db.close()
        if self._temporary is not None:
            self._temporary.cleanup()
        self._servers, self._thread, self._temporary, self._world = [], None, None, None

    def serve_forever(self) -> None:
        """Serves until Ctrl-C."""
        try:
            while not self._ended.wait(0.5):
                pass
        except KeyboardInterrupt:
            pass  # the ordinary way to end it
        finally:
            self.stop()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._sockets[0].getsockname()[1]}"

    @property
    def https_url(self) -> str:
        return f"https://{HOST}:{self._sockets[1].getsockname()[1]}"

    @property
    def settings_file(self) -> Path:
        return self.directory / "crm-sync.toml"

    def card(self) -> dict[str, Any]:
        """Everything a client needs, ready for JSON."""
        known, app = account(self.world), self.world.notes["salesforce_app"]
        keys = ("client_id", "client_secret", "username", "password", "security_token")
        return {
            "hubspot": {
                "url": self.url,
                "token": next(iter(known.tokens)),
                "portal_id": known.portal_id,
                "client_id": known.logins.client_id,
                "client_secret": known.logins.client_secret,
                "developer_key": known.developer_key,
            },
            "salesforce": {"url": self.https_url, "http_url": self.url, **{key: app[key] for key in keys}},
            "ca_file": str(self._certificates.ca_file),
            "truth_file": str(self.directory / "truth.json") if self.load is None and self.people else None,
            "now": self.world.clock.now().isoformat(),
            "people": self.people,
            "seed": self.seed,
            "settings_file": str(self.settings_file),
            **({"loaded": self.report.as_json()} if self.report else {}),
        }

    def _place(self) -> Path:
        if self._directory is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="crm-sync-sandbox-")
            return Path(self._temporary.name)
        self._directory.mkdir(parents=True, exist_ok=True)
        return self._directory.absolute()

    def _fill(self) -> None:
        """The exports, or the town with its truth beside it, or nothing at all."""
        account(self.world).grant(self._token)
        if self.load is not None:
            self.report = load_exports(self.world, self.load)
        elif self.people:
            truth = build(self.world, self.people, self.seed)
            with tls.private_file(self.directory / "truth.json") as file:
                truth.write(file)
            self._life.begin(Town(self.seed, self.people, truth.now))

    def _refill(self, people: int | None, seed: int | None) -> Fill:
        """How to fill the emptied world. Another seed or size is another town; the card's token stays."""
        if self.load is not None and (people is not None or seed is not None):
            raise ValueError("exported data is what it is: it has no people or seed to choose")
        self.people = self.people if people is None else people
        self.seed = self.seed if seed is None else seed
        return self._fill

    def _run(self, app: Starlette) -> None:
        """Both ports on one loop in a thread: the world knows one thread only."""
        server_file = str(self._certificates.server_file)
        self._servers = [_server(app), _server(app, ssl_certfile=server_file, ssl_keyfile=server_file)]
        self._ended.clear()
        self._thread = threading.Thread(target=self._work, name="sandbox", daemon=True)
        self._thread.start()
        until = time.monotonic() + _PATIENCE_SECONDS
        while not all(server.started for server in self._servers):
            if not self._thread.is_alive() or time.monotonic() > until:
                raise RuntimeError(f"the sandbox did not start on {self.url} and {self.https_url}")
            time.sleep(0.005)

    def _work(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ended.set()

    async def _serve(self) -> None:
        pairs = zip(self._servers, self._sockets, strict=True)
        living = asyncio.create_task(self._live())
        await asyncio.gather(*(server.serve(sockets=[one]) for server, one in pairs))
        living.cancel()

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._life.catch_up()


def _listen(ports: Sequence[int]) -> list[socket.socket]:
    """Bound ports, all of them or none. Raises OSError with the port in it when another process has it."""
    found: list[socket.socket] = []
    for port in ports:
        # With the protocol named, asyncio turns Nagle's algorithm off; without it small answers wait 40 ms.
        found.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP))
        found[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found[-1].bind((HOST, port))
        except OSError as error:
            for one in found:
                one.close()
            raise OSError(error.errno, f"port {port} cannot be opened: {error.strerror}") from error
    return found


def _server(app: Starlette, **more: Any) -> uvicorn.Server:
    """uvicorn without its own Date header, access log and signal habits."""
    return uvicorn.Server(
        uvicorn.Config(
            app, lifespan="off", ws="none", log_level="warning", access_log=False, date_header=False,
            server_header=False, timeout_keep_alive=75, timeout_graceful_shutdown=1, **more,
        )
    )  # fmt: skip
