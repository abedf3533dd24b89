"""`crm-sync serve`: the boards on a local port."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import options, tables_of
from crm_sync.cli.talk import say
from crm_sync.clock import host_now
from crm_sync.errors import ConfigError
from crm_sync.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from crm_sync.store import Store


OWN = ("127.0.0.1", "::1", "localhost")  # addresses that only this machine reaches


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.", show_default="of the settings")
    ] = None,
    decide: Annotated[
        bool | None,
        typer.Option(
            "--decide/--no-decide",
            help="Whether who is who may be decided there.",
            show_default="only on an address that other machines cannot reach",
        ),
    ] = None,
) -> None:
    """Show the boards in a browser until stopped."""
    settings = options(context).settings()
    serve_boards(settings, settings.boards.port if port is None else port, decide)


def serve_boards(settings: Settings, port: int, decide: bool | None = None) -> None:
    """Blocks until stopped. Raises ConfigError when the port cannot be had."""
    import uvicorn

    from crm_sync.store import open_store

    with closing(open_store(settings.database)) as store, listening(settings.boards.host, port) as place:
        server = uvicorn.Server(uvicorn.Config(application(settings, store, decide), log_level="warning"))
        say(f"Boards: [bold]http://{settings.boards.host}:{place.getsockname()[1]}/[/]  (Ctrl-C stops)")
        with suppress(KeyboardInterrupt):  # the ordinary way to end it
            server.run(sockets=[place])


def application(settings: Settings, store: Store, decide: bool | None = None) -> Starlette:
    from crm_sync.dashboards import boards
    from crm_sync.engine.chosen import chosen

    return boards(
        store,
        chosen(settings),
        tables_of(settings, store),
        language=settings.language,
        currency=settings.currency,
        now=host_now,
        time_zone=settings.time_zone,
        decides=settings.boards.host in OWN if decide is None else decide,
    )


def listening(host: str, port: int) -> socket.socket:
    """A socket that is bound already, so that a free port is known before it is announced. Raises ConfigError."""
    try:
        return socket.create_server((host, port))
    except OSError as problem:
        where, found = "boards.host and boards.port", f"{host}:{port} ({problem.strerror})"
        raise ConfigError(where, found, "an address of this machine whose port is free", fix="Try --port 0.") from None
