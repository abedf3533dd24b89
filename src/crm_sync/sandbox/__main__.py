"""`python -m crm_sync.sandbox`: serves the sandbox and prints its card as one line of JSON when it is ready."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from crm_sync.sandbox.load import LoadError
from crm_sync.sandbox.server import Sandbox


def main() -> None:
    """Starts, prints the card, serves until it is told to stop."""
    said = _parser().parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    where = (said.port, said.https_port, said.directory)
    sandbox = Sandbox(said.people, said.seed, *where, said.load, quotas=said.quotas, speed=said.speed)
    try:
        sandbox.start()
    except (LoadError, OSError) as problem:
        sys.exit(f"sandbox: {problem}")
    print(json.dumps(sandbox.card()), flush=True)
    if said.with_parent:
        threading.Thread(target=_follow_parent, daemon=True).start()
    sandbox.serve_forever()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crm_sync.sandbox", description="Both CRMs on loopback ports.")
    parser.add_argument("--people", type=int, default=2000, help="people in the town; 0 is an empty world")
    parser.add_argument("--seed", type=int, default=7, help="the same seed is always the same town")
    parser.add_argument("--port", type=int, default=0, help="HTTP port; 0 takes a free one")
    parser.add_argument("--https-port", type=int, default=0, help="HTTPS port; 0 takes a free one")
    parser.add_argument("--directory", type=Path, help="where ca.pem, truth.json and crm-sync.toml go")
    parser.add_argument("--load", type=Path, help="exported CRM data to serve instead of a town")
    parser.add_argument("--quotas", action="store_true", help="both CRMs refuse what is more than they allow")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the world's clock runs; 0 stands still")
    parser.add_argument("--with-parent", action="store_true", help="stop when standard input closes")
    return parser


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _follow_parent() -> None:
    """Whoever started us holds our standard input; when it closes, nobody needs us any more."""
    while os.read(sys.stdin.fileno(), 4096):  # not through sys.stdin: its lock would outlive us at the end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
