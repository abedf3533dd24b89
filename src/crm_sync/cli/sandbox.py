"""`crm-sync sandbox serve|load`: both CRMs on this machine, with a seeded town or with exported data; see steering.py
for the commands that talk to one that runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_sync.cli import steering
from crm_sync.cli.context import add_group, options
from crm_sync.cli.talk import escaped, out, print_json, say, table
from crm_sync.cli.together import alone
from crm_sync.errors import ConfigError

if TYPE_CHECKING:
    from crm_sync.sandbox.server import Sandbox

Port = Annotated[int, typer.Option("--port", min=0, max=65_535, help="HTTP port of both CRMs; 0 takes a free one.")]
HttpsPort = Annotated[
    int, typer.Option("--https-port", min=0, max=65_535, help="HTTPS port of both CRMs; 0 takes a free one.")
]
Home = Annotated[
    Path | None,
    typer.Option("--directory", help="Where truth.json, ca.pem and crm-sync.toml go.", show_default="a temporary one"),
]
Quotas = Annotated[bool, typer.Option("--quotas", help="Both CRMs refuse what is more than they allow.")]
Speed = Annotated[float, typer.Option("--speed", min=0, help="How fast the CRMs' clock runs; 0 stands still.")]
AsJson = Annotated[bool, typer.Option("--json", help="The card (URLs, tokens, files) as one JSON object.")]


def register(app: typer.Typer) -> None:
    help = "HubSpot and Salesforce, emulated on this machine for trying and tests."
    group = add_group(app, "sandbox", help, serve=serve, load=load)
    group.callback()(without_settings)
    steering.register(group)


def without_settings(context: typer.Context) -> None:
    """For all commands of the group. Raises ConfigError."""
    fix = "It writes settings of its own (--directory), or asks a town that runs (--url)."
    alone("sandbox", {"--config": options(context).config}, fix=fix)


def serve(
    people: Annotated[int, typer.Option("--people", min=0, help="How many people live in the town.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed is always the same town.")] = 7,
    port: Port = 0,
    https_port: HttpsPort = 0,
    directory: Home = None,
    quotas: Quotas = False,
    speed: Speed = 1.0,
    as_json: AsJson = False,
) -> None:
    """Serve a seeded town until stopped; prints URLs, tokens and where the truth file stands."""
    from crm_sync.sandbox.server import Sandbox

    free_of_settings(directory)
    places: dict[str, Any] = {"port": port, "https_port": https_port, "directory": directory}
    run(Sandbox(people=people, seed=seed, **places, quotas=quotas, speed=speed), as_json)


def load(
    exports: Annotated[Path, typer.Argument(help="A directory with exported CRM data (CSV).")],
    port: Port = 0,
    https_port: HttpsPort = 0,
    directory: Home = None,
    quotas: Quotas = False,
    speed: Speed = 1.0,
    as_json: AsJson = False,
) -> None:
    """Serve exported CRM data as if both CRMs held it; rows that cannot be placed are listed with their reason."""
    from crm_sync.sandbox.server import Sandbox

    if not exports.is_dir():
        raise ConfigError("sandbox load", repr(str(exports)), "a directory with CSV files")
    free_of_settings(directory)
    places: dict[str, Any] = {"port": port, "https_port": https_port, "directory": directory}
    run(Sandbox(load=exports, **places, quotas=quotas, speed=speed), as_json)


def free_of_settings(directory: Path | None) -> None:
    """A sandbox writes its own crm-sync.toml, with ca.pem beside it. Raises ConfigError where somebody's stands."""
    if directory and (directory / "crm-sync.toml").exists() and not (directory / "ca.pem").exists():
        found = f"{str(directory)!r}, whose crm-sync.toml no sandbox wrote"
        raise ConfigError("--directory", found, "a directory of its own, where nothing of yours is written over")


def run(sandbox: Sandbox, as_json: bool) -> None:
    """Prints the card and serves until stopped."""
    from crm_sync.sandbox.load import LoadError

    try:
        with sandbox:
            card = sandbox.card()
            print_json(card) if as_json else show(card)
            sandbox.serve_forever()
    except LoadError as problem:
        raise typer.BadParameter(str(problem), param_hint="EXPORTS") from None


def show(card: dict[str, Any]) -> None:
    if "loaded" in card:
        show_loaded(card["loaded"])
    hubspot, salesforce = card["hubspot"], card["salesforce"]
    rows = [
        ("HubSpot", hubspot["url"]),
        ("  token", hubspot["token"]),
        ("Salesforce", salesforce["url"]),
        ("  client id", salesforce["client_id"]),
        ("  client secret", salesforce["client_secret"]),
        ("certificate authority", card["ca_file"]),
        ("truth", card.get("truth_file") or "none: loaded data has no truth"),
        ("the CRMs' time", card["now"]),
    ]
    out.print(table("Sandbox", {"": "left", " ": "left"}, rows))
    say(f"\nTry it: crm-sync --config {escaped(str(card['settings_file']))} schema apply   (then: sync, status, serve)")
    say("Ctrl-C stops.")


def show_loaded(loaded: dict[str, Any]) -> None:
    """What was put into the sandbox, and what was not."""
    rows = [(crm, name, count) for crm, counts in loaded["counts"].items() for name, count in counts.items()]
    out.print(table("Loaded", {"CRM": "left", "object": "left", "records": "right"}, rows))
    if loaded["set_aside"]:
        aside = [(one["file"], one["line"], one["reason"]) for one in loaded["set_aside"]]
        out.print(table(f"{len(aside):,} rows set aside", {"file": "left", "line": "right", "reason": "left"}, aside))
    if loaded["unread"]:
        unread = [(one["file"], one["reason"]) for one in loaded["unread"]]
        out.print(table(f"{len(unread):,} files left alone", {"file": "left", "reason": "left"}, unread))
