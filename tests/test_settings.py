"""Settings: the file, the environment over it, and complaints that never show a secret."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_sync.errors import ConfigError
from crm_sync.settings import TABLES, Settings, load_settings, misspelt

CANARY = "pat-canary-4711"


def written(directory: Path, text: str) -> Path:
    file = directory / "crm-sync.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_paths_in_the_file_count_from_its_directory(tmp_path: Path) -> None:
    file = written(tmp_path, 'database = "sqlite:///a.db"\nmappings = "m"\n[salesforce]\nca_file = "ca.pem"\n')
    settings = load_settings(file)
    assert settings.database == f"sqlite:///{tmp_path}/a.db"
    assert settings.mappings == tmp_path / "m"
    assert settings.salesforce is not None
    assert settings.salesforce.ca_file == tmp_path / "ca.pem"


def test_from_how_many_rows_on_a_job_takes_them_can_be_said_for_reads_and_writes_apart(tmp_path: Path) -> None:
    told = load_settings(written(tmp_path, "[salesforce]\nbulk_reads = 2000\n")).salesforce
    assert told is not None
    assert (told.bulk_reads, told.bulk_writes) == (2_000, 10_000)


def test_a_folder_of_exports_is_enough_and_counts_from_the_file(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, '[files]\ndirectory = "exports"\nas_of = 2026-05-29T18:00:00Z\n'))
    assert settings.files is not None
    assert settings.files.directory == tmp_path / "exports"
    assert settings.files.as_of == datetime(2026, 5, 29, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "allowed"),
    [
        ('time_zone = "Mexico"', "files.time_zone.*the name of a time zone, as in America/Mexico_City"),
        ("as_of = 2026-05-29T18:00:00", "files.as_of.*an instant with its zone"),
    ],
)
def test_a_folder_of_exports_needs_times_that_can_be_understood(tmp_path: Path, key: str, allowed: str) -> None:
    with pytest.raises(ConfigError, match=allowed):
        load_settings(written(tmp_path, f'[files]\ndirectory = "exports"\n{key}\n'))


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("CRM_SYNC_LANGUAGE", "fr", "^CRM_SYNC_LANGUAGE: found 'fr'; allowed: 'en' or 'es'"),
        ("crm_sync_language", "fr", "^CRM_SYNC_LANGUAGE: found 'fr'"),
        ("CRM_SYNC_HUBSPOT__DAILY_CALLS", "many", "^CRM_SYNC_HUBSPOT__DAILY_CALLS: found 'many'; allowed: "),
        ("CRM_SYNC_BUDGET__RESERVE", "1.5", "^CRM_SYNC_BUDGET__RESERVE: found '1.5'; allowed: "),
        ("CRM_SYNC_HUBSPOT__TOKN", CANARY, "^CRM_SYNC_HUBSPOT__TOKN: found a key that is not known"),
        ("CRM_SYNC_HUBSPOT", f'{{"tokn": "{CANARY}"}}', "^CRM_SYNC_HUBSPOT: found a key that is not known"),
    ],
)
def test_what_the_environment_says_wrong_is_told_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=complaint) as told:
        load_settings(written(tmp_path, '[hubspot]\ntoken = "other"\n'))
    assert CANARY not in str(told.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CRM_SYNC_HUBSPOT_TOKEN", "CRM_SYNC_HUBSPOT__TOKEN is."),
        ("CRM_SYNC_SALESFORCE_CLIENT_ID", "CRM_SYNC_SALESFORCE__CLIENT_ID is."),
        ("CRM_SYNC_DATABSE", "CRM_SYNC_DATABASE is."),
        ("CRM_SYNC_HUBSPT__TOKEN", "CRM_SYNC_HUBSPOT__TOKEN is."),
        ("crm_sync_langauge", "CRM_SYNC_LANGUAGE is."),
    ],
)
def test_variables_that_nearly_name_a_setting_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    assert list(misspelt([name])) == [f"{name} is read by nobody; {meant}"]
    monkeypatch.setenv(name, CANARY)
    with pytest.raises(ConfigError, match=meant) as told:
        load_settings(written(tmp_path, ""))
    assert CANARY not in str(told.value)


def test_other_variables_are_nobodys_business() -> None:
    ours = ["CRM_SYNC_LANGUAGE", "CRM_SYNC_HUBSPOT__TOKEN", "CRM_SYNC_SANDBOX_URL", "CRM_SYNC_CONTRACTS"]
    assert list(misspelt([*ours, "CRM_SYNC_IMAGE", "HUBSPOT_TOKEN", "DATABASE"])) == []


def test_every_key_that_holds_further_keys_is_known_as_one() -> None:
    held = {name for name, one in Settings.model_fields.items() if "Settings" in str(one.annotation)}
    assert held == set(TABLES)


def test_what_the_file_says_wrong_is_told_by_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SYNC_HUBSPOT__TOKEN", CANARY)
    with pytest.raises(ConfigError, match=r"crm-sync\.toml: language: found"):
        load_settings(written(tmp_path, 'language = "fr"\n'))


def test_a_secret_that_is_no_text_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    settings = load_settings(written(tmp_path, '[hubspot]\ntoken_file = "token"\n')).hubspot
    assert settings is not None
    with pytest.raises(ConfigError, match=r"hubspot\.token_file: found .*no UTF-8 \(0xff, at line 1\)"):
        assert settings.secret


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SYNC_HUBSPOT__TOKEN", CANARY)
    settings = load_settings(written(tmp_path, '[hubspot]\nbase_url = "http://localhost:1"\ntoken = "other"\n'))
    assert settings.hubspot is not None
    assert settings.hubspot.secret is not None
    assert settings.hubspot.secret.get_secret_value() == CANARY
    assert settings.hubspot.base_url == "http://localhost:1"


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(CANARY + "\n", encoding="utf-8")
    settings = load_settings(written(tmp_path, '[hubspot]\ntoken_file = "token"\n'))
    assert settings.hubspot is not None
    assert settings.hubspot.secret is not None
    assert settings.hubspot.secret.get_secret_value() == CANARY


def test_a_secret_with_a_line_end_from_a_shell_is_the_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRM_SYNC_HUBSPOT__TOKEN", f" {CANARY}\n")
    monkeypatch.setenv("CRM_SYNC_SALESFORCE__CLIENT_SECRET", f"{CANARY}\r\n")
    settings = load_settings(written(tmp_path, ""))
    for part in (settings.hubspot, settings.salesforce):
        assert part is not None
        assert part.secret is not None
        assert part.secret.get_secret_value() == CANARY


def test_no_secret_shows_in_what_settings_print(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, f'[hubspot]\ntoken = "{CANARY}"\n'))
    assert CANARY not in repr(settings)
    assert CANARY not in str(settings)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[hubspot]\ntokn = "x"\n', ("hubspot.tokn", "not known", "token_file")),
        ('language = "fr"\n[hubspot]\ntoken = "x"\n', ("language", "found 'fr'", "'en' or 'es'")),
        ('currency = "pesos"\n[hubspot]\ntoken = "x"\n', ("currency", "found 'pesos'")),
        ("[boards]\nport = 99999999\n[hubspot]\n", ("boards.port", "found 99999999", "65,535")),
        ('language = "en"\n', ("[hubspot]", "[salesforce]")),
        ("[salesforce]\nbulk_reads = 0\n", ("salesforce.bulk_reads", "more than 0")),
        ('[salesforce]\nbulk_writes = "many"\n', ("salesforce.bulk_writes", "a whole number")),
        ("[hubspot\n", ("TOML",)),
    ],
)
def test_a_wrong_setting_is_named_with_its_key_and_what_is_allowed(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, text))
    for word in ("crm-sync.toml", *words):
        assert word in str(caught.value)


def test_a_complaint_shows_no_value_that_may_be_a_secret(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, f'[hubspot]\ntoken = ["{CANARY}"]\n'))
    assert CANARY not in str(caught.value)
    assert caught.value.exit_code == 4


def test_a_secret_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, '[hubspot]\ntoken_file = "absent"\n'))
    assert settings.hubspot is not None
    with pytest.raises(ConfigError, match="token_file"):
        _ = settings.hubspot.secret


def test_a_named_file_that_is_not_there_is_said_with_its_fix(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="crm-sync init"):
        load_settings(tmp_path / "absent.toml")
