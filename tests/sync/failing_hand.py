"""Stands for a process that cannot read its store: answers the first share by a sentence."""

from __future__ import annotations

import sys

from crm_sync.sync.crew import received, send

if __name__ == "__main__":
    received(sys.stdin.buffer), received(sys.stdin.buffer)
    send(sys.stdout.buffer, "the disk is full")
