"""A private PostgreSQL server on a loopback port, gone when the tests are."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c unix_socket_directories="


class NoServer(Exception):
    """Why there is none."""


@dataclass(frozen=True)
class Server:
    port: int

    def url(self, name: str) -> str:
        return f"postgresql://tester@127.0.0.1:{self.port}/{name}"

    def new_database(self, name: str) -> str:
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@contextmanager
def started() -> Iterator[Server]:
    """Raises NoServer."""
    programs, prefix = find_programs(), other_user()
    directory = Path(tempfile.mkdtemp(prefix="crm-sync-pg-"))
    try:
        yield from serve(directory, programs, prefix)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def serve(directory: Path, programs: Path, prefix: list[str]) -> Iterator[Server]:
    if prefix:
        shutil.chown(directory, "postgres", "postgres")
    data, port = directory / "data", free_port()
    options = f"-h 127.0.0.1 -p {port} {QUICK}"
    run([*prefix, f"{programs}/initdb", "-D", f"{data}", "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"])
    run([*prefix, f"{programs}/pg_ctl", "-D", f"{data}", "-w", "-l", f"{directory}/log", "-o", options, "start"])
    try:
        yield Server(port)
    finally:
        run([*prefix, f"{programs}/pg_ctl", "-D", f"{data}", "-w", "-m", "immediate", "stop"])


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode:
        raise NoServer(f"{Path(command[-1]).name}: {done.stderr.strip() or done.stdout.strip()}")


def find_programs() -> Path:
    found = shutil.which("pg_ctl")
    places = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places or not (places[-1] / "initdb").exists():
        raise NoServer("its programs are not installed")
    try:
        import psycopg  # noqa: F401  # only to see whether it is there
    except ImportError:
        raise NoServer("psycopg is not installed") from None
    return places[-1]


def other_user() -> list[str]:
    """The server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise NoServer("the tests run as root and there is no setpriv")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
