"""The settings choose the engine; what it lacks is told before anything is asked."""

from __future__ import annotations

import pytest

from crm_sync.engine.chosen import chosen
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import ConfigError
from crm_sync.settings import load_settings


def settings(tmp_path, text):
    file = tmp_path / "crm-sync.toml"
    file.write_text(f'{text}\n[hubspot]\ntoken = "pat"\n')
    return load_settings(file)


def test_duckdb_is_chosen_where_nothing_is_said(tmp_path):
    assert isinstance(chosen(settings(tmp_path, "")), DuckDB)


def test_another_engine_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"engine: .*'duckdb' or 'spark'"):
        settings(tmp_path, 'engine = "pandas"')


def test_spark_without_its_parts_is_refused_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("crm_sync.engine.chosen.PARTS", ("pyspark_that_is_nowhere",))
    with pytest.raises(ConfigError, match=r"engine: found 'spark' without pyspark_that_is_nowhere.*pip install"):
        chosen(settings(tmp_path, 'engine = "spark"'))


def test_spark_without_java_is_refused_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("crm_sync.engine.chosen.PARTS", ())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ConfigError, match=r"engine: found 'spark' without Java.*openjdk-17-jre-headless"):
        chosen(settings(tmp_path, 'engine = "spark"'))
