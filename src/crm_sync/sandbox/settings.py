"""The settings file that a sandbox writes about itself: ready to use, and with secrets in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crm_sync.sandbox.tls import write_private


def write_settings(path: Path, card: dict[str, Any]) -> None:
    """Settings for the sandbox of this card; the database stands beside them. JSON strings are TOML strings, too."""
    force = card["salesforce"]
    lines = [
        f"database = {json.dumps(f'sqlite:///{path.parent}/crm-sync.db')}",
        "",
        "[hubspot]",
        f"base_url = {json.dumps(card['hubspot']['url'])}",
        f"token = {json.dumps(card['hubspot']['token'])}",
        "",
        "[salesforce]",
        f"login_url = {json.dumps(force['url'])}",
        f"client_id = {json.dumps(force['client_id'])}",
        f"client_secret = {json.dumps(force['client_secret'])}",
        f"ca_file = {json.dumps(card['ca_file'])}",
    ]
    write_private(path, ("\n".join(lines) + "\n").encode())
