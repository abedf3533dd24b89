"""The engine that the settings name."""

from __future__ import annotations

import importlib.util
import os
import shutil

from crm_sync.engine.base import Engine
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import ConfigError
from crm_sync.settings import Settings

PARTS = ("pyspark", "sqlglot")  # of the extra `spark`


def chosen(settings: Settings) -> Engine:
    """Raises ConfigError where Spark is asked for and a part of it is missing."""
    if settings.engine == "duckdb":
        return DuckDB()
    if any(importlib.util.find_spec(part) is None for part in PARTS):
        fix = "`pip install 'crm-sync[spark]'` brings them."
        raise ConfigError("engine", f"'spark' without {' and '.join(PARTS)}", "'duckdb', or both installed", fix=fix)
    if java() is None:
        fix = "Install Java 17 or newer, as in `apt install openjdk-17-jre-headless`, or set JAVA_HOME."
        raise ConfigError("engine", "'spark' without Java", "'duckdb', or Java on the path", fix=fix)
    from crm_sync.engine.spark import Spark

    return Spark(settings.spark.master, settings.spark.options, settings.spark.least_rows)


def java() -> str | None:
    """Where Java is, as Spark looks for it; nothing where there is none."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=os.path.join(home, "bin") if home else None)
