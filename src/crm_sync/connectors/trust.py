"""Whom we call and whom we believe: base URLs and certificate authorities from the settings, checked."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from crm_sync.errors import ConfigError


def checked_url(url: str, setting: str) -> str:
    """Raises ConfigError for what cannot be a base URL."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    if not fine:
        raise ConfigError(setting, repr(url), "a URL that starts with https:// (or http:// on this machine)")
    return url


def trusting(ca_file: Path, setting: str) -> ssl.SSLContext:
    """The system's authorities and the one in `ca_file`. Raises ConfigError."""
    try:
        return trusting_also(ca_file.read_text("utf-8"))
    except (UnicodeError, TypeError, ssl.SSLError):
        found = "which holds no certificate"
    except OSError as problem:
        found = str(problem.strerror)
    raise ConfigError(setting, f"{str(ca_file)!r}: {found}", "a certificate authority as a PEM file")


@lru_cache(maxsize=4)
def trusting_also(authority: str) -> ssl.SSLContext:
    """Shared by all who trust the same: reading the system's authorities takes longer than a handshake."""
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=authority)
    return context


@lru_cache(maxsize=1)
def trusting_as_usual() -> ssl.SSLContext:
    """The authorities that httpx trusts."""
    return httpx.create_ssl_context()


def certificate_problem(problem: BaseException | None) -> bool:
    """Is a certificate the cause? httpx wraps the reason twice."""
    while problem is not None:
        if isinstance(problem, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(problem):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def unsent(problem: Exception) -> str:
    """For a call that could not even be written: the client's own complaint would quote the header, token and all."""
    mine = isinstance(problem, httpx.LocalProtocolError | ValueError)
    return "a header or the URL holds a character that cannot be sent" if mine else ""
