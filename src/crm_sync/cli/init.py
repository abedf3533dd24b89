"""`crm-sync init`: a settings file with comments, and the mapping tables for editing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crm_sync.cli.context import options
from crm_sync.cli.talk import escaped, out, say
from crm_sync.cli.together import alone
from crm_sync.errors import ConfigError
from crm_sync.mappings import copy_mappings

TEMPLATE = """\
# Settings of crm-sync. Any key may also come from the environment: CRM_SYNC_HUBSPOT__TOKEN, CRM_SYNC_DATABASE
# Secrets are better kept in files of their own (token_file, client_secret_file ...) or in the environment.

database = "sqlite:///crm-sync.db"      # or postgresql+psycopg://user:password@host/name when several hosts run it
mappings = "mappings"                   # the tables beside this file; delete a table to use the shipped one
language = "en"                         # en or es: next actions, last actions and boards
currency = "USD"                        # of reports; deals in another currency are listed, not converted
profile  = "full"                       # or "minimal": six properties, for accounts with few custom fields
# secret_key_file = "crm-sync.key"      # for refresh tokens without a file of their own: openssl rand -base64 32

[hubspot]
token_file = "hubspot.token"            # a service key, or the token of a private app on older accounts
# client_id = ""                        # or, instead of a token, an OAuth app; the refresh token comes from installing
# client_secret_file = "hubspot.secret"  #   it, and its file is rewritten when HubSpot replaces it
# refresh_token_file = "hubspot.refresh"

[salesforce]
login_url = "https://YOUR-DOMAIN.my.salesforce.com"
client_id = ""                          # of an external client app with the client credentials flow
client_secret_file = "salesforce.secret"
# username = "sync@example.com"         # with private_key_file: JWT bearer flow instead of a client secret
# private_key_file = "salesforce.pem"
# refresh_token_file = "salesforce.refresh"  # refresh token flow; rewritten when Salesforce replaces the token

# [files]                               # exports in a folder, instead of the CRMs or beside them (docs/files.md)
# directory = "exports"
# time_zone = "UTC"                     # of instants that name none

[budget]                                # shares of the calls that a CRM allows per day
backfill_share = 0.5                    # the most that backfill and verify use
reserve = 0.2                           # kept for the scheduled sync; backfill and verify stop there
floor = 0.02                            # kept for the account's other apps; a sync waits for the next day
"""


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="Where to write; made when it is not there.")] = Path(),
) -> None:
    """Write crm-sync.toml and the mapping tables for editing. Existing files are left alone."""
    alone("init", {"--config": options(context).config}, fix="`crm-sync init DIRECTORY` says where they are written.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ConfigError(str(directory), str(problem.strerror), "a directory that this user may make") from None
    file = directory / "crm-sync.toml"
    if file.exists():
        say(f"{escaped(str(file))} is there already and stays as it is.")
    else:
        file.write_text(TEMPLATE, encoding="utf-8")
        out.print(escaped(str(file)))
    for table in copy_mappings(directory / "mappings"):
        out.print(escaped(str(table)))
    say(
        "\nNext: put your token and client id in (README, Connect your accounts), then\n"
        "  crm-sync doctor          says what is missing\n"
        "  crm-sync schema apply    installs the smk_ properties\n"
        "  crm-sync sync --dry-run  shows what would be written"
    )
