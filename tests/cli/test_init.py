"""`crm-sync init`: files to edit, which load as they are once the secrets are in."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_sync.mappings import MAPPING_FILES, load_vocabulary
from crm_sync.settings import load_settings
from tests.cli.commands import crm


def test_init_writes_the_settings_and_every_mapping_table(tmp_path: Path) -> None:
    ran = crm("init", tmp_path / "new")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        str(tmp_path / "new" / name) for name in ("crm-sync.toml", *(f"mappings/{one}" for one in MAPPING_FILES))
    ]
    assert all(Path(line).is_file() for line in ran.out.splitlines())


def test_init_leaves_what_is_there_alone(tmp_path: Path) -> None:
    crm("init", tmp_path)
    (tmp_path / "crm-sync.toml").write_text("mine", encoding="utf-8")
    (tmp_path / "mappings" / "sla.toml").write_text("mine too", encoding="utf-8")
    (tmp_path / "mappings" / "fields.toml").unlink()
    ran = crm("init", tmp_path)
    assert ran.out.splitlines() == [str(tmp_path / "mappings" / "fields.toml")]
    assert "is there already and stays as it is" in ran.err
    assert (tmp_path / "crm-sync.toml").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "mappings" / "sla.toml").read_text(encoding="utf-8") == "mine too"


def test_what_init_wrote_loads_once_the_secrets_are_in_their_files(tmp_path: Path) -> None:
    crm("init", tmp_path)
    (tmp_path / "hubspot.token").write_text("pat-na1-1\n", encoding="utf-8")
    (tmp_path / "salesforce.secret").write_text("s3cret\n", encoding="utf-8")
    settings = load_settings(tmp_path / "crm-sync.toml")
    assert settings.hubspot is not None
    assert settings.hubspot.secret is not None
    assert settings.hubspot.secret.get_secret_value() == "pat-na1-1"
    assert settings.mappings == tmp_path / "mappings"
    assert load_vocabulary(settings.mappings) == load_vocabulary()


def test_a_command_before_the_token_is_in_says_where_to_put_it(tmp_path: Path) -> None:
    crm("init", tmp_path)
    ran = crm("--config", tmp_path / "crm-sync.toml", "doctor")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert "hubspot.token_file" in ran.err
    assert str(tmp_path / "hubspot.token") in ran.err


def test_init_where_a_file_stands_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    ran = crm("init", tmp_path / "taken")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert f"{tmp_path / 'taken'}: found File exists; allowed: a directory" in ran.err


def test_a_directory_is_no_settings_file(tmp_path: Path) -> None:
    ran = crm("--config", tmp_path, "status")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert f"{tmp_path}: found a directory; allowed: a settings file, such as" in ran.err


def test_settings_that_are_not_utf8_are_told_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(b'database = "x"\n# espa\xf1ol\n')
    ran = crm("--config", tmp_path / "own.toml", "status")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert "own.toml: found a byte that is no UTF-8 (0xf1, at line 2); allowed: TOML in UTF-8" in ran.err


@pytest.mark.parametrize("word", ["doctor", "schema apply", "sync --dry-run"])
def test_init_says_what_comes_next(tmp_path: Path, word: str) -> None:
    assert f"crm-sync {word}" in crm("init", tmp_path).err


def test_without_any_settings_the_first_step_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = crm("sync")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert "crm-sync.toml: found no such file here" in ran.err
    assert ("`crm-sync init` writes one" in ran.err, "crm-sync demo" in ran.err) == (True, True)


def test_a_secret_that_is_not_there_yet_is_told_with_where_it_comes_from(tmp_path: Path) -> None:
    crm("init", tmp_path)
    assert "the README, Connect your accounts" in crm("--config", tmp_path / "crm-sync.toml", "doctor").err
