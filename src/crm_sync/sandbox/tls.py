"""A certificate authority for one run: clients that insist on HTTPS are given its certificate to trust."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import trustme


@dataclass(frozen=True, slots=True)
class Certificates:
    """What clients trust (`ca_file`) and what the server shows, key included (`server_file`)."""

    ca_file: Path
    server_file: Path


def issue(directory: Path) -> Certificates:
    """Writes a new authority and a certificate for this machine's loopback names."""
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1", "::1", "localhost")
    found = Certificates(directory / "ca.pem", directory / "server.pem")
    found.ca_file.write_bytes(authority.cert_pem.bytes())
    write_private(found.server_file, server.private_key_and_cert_chain_pem.bytes())
    return found


def write_private(path: Path, content: bytes) -> None:
    with private_file(path) as file:
        file.write(content)


def private_file(path: Path) -> IO[bytes]:
    """A new file that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
