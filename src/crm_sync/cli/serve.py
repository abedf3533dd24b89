"""`crm-sync serve`: the boards on a local port."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from crm_sync.cli.context import options
from crm_sync.cli.talk import say
from crm_sync.clock import host_now
from crm_sync.dashboards import boards
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.settings import Settings
from crm_sync.store import open_store


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.", show_default="of the settings")] = None,
) -> None:
    """Show the boards in a browser until stopped."""
    settings = options(context).settings()
    serve_boards(settings, settings.boards.port if port is None else port)


def serve_boards(settings: Settings, port: int) -> None:
    """Blocks until stopped."""
    app = boards(
        open_store(settings.database),
        DuckDB(),
        load_vocabulary(settings.mappings),
        language=settings.language,
        now=host_now,
    )
    server = uvicorn.Server(uvicorn.Config(app, settings.boards.host, port, log_level="warning"))
    announce(settings.boards.host, port)
    server.run()


def announce(host: str, port: int) -> None:
    say(f"Boards: [bold]http://{host}:{port}/[/]  (Ctrl-C stops)")
