"""Settings: one TOML file, environment over it (`CRM_SYNC_HUBSPOT__TOKEN`), secrets from files (`token_file`)."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from crm_sync.errors import ConfigError, not_utf8
from crm_sync.mappings.tables import Shape, sentence_for

DEFAULT_FILE = Path("crm-sync.toml")
PREFIX, BETWEEN = "CRM_SYNC_", "__"  # of variables of the environment, and between the parts of a key
TABLES = ("hubspot", "salesforce", "files", "budget", "boards", "spark")  # keys that hold further keys
SHOWN = {  # keys that hold no secret, so that a complaint may repeat what they say
    "engine", "language", "profile", "currency", "time_zone", "as_of", "daily_calls", "bulk_reads", "bulk_writes",
    "backfill_share", "reserve", "floor", "port", "processes", "least_rows",
}  # fmt: skip
SQLITE = "sqlite:///"
LONG = 80  # characters of a value in a complaint
BEGIN = "`crm-sync init` writes one, --config names one elsewhere; `crm-sync demo` shows everything without any."
SECRET_ALONE = "Put the secret into it and nothing else; the README, Connect your accounts, says where it comes from."


def trimmed(secret: SecretStr | None) -> SecretStr | None:
    """The secret without the line end that shells and secret stores like to add."""
    return secret if secret is None else SecretStr(secret.get_secret_value().strip())


def from_file(path: Path, where: str) -> SecretStr:
    """The secret in a file, without the line end. Raises ConfigError."""
    try:
        return SecretStr(path.expanduser().read_text(encoding="utf-8").strip())
    except OSError as problem:
        found = f"{str(path)!r}: {problem.strerror}"
        raise ConfigError(where, found, "a file that this user may read", fix=SECRET_ALONE) from None
    except UnicodeDecodeError as problem:
        raise ConfigError(where, f"{str(path)!r}: {not_utf8(problem)}", "a text", fix=SECRET_ALONE) from None


class HubSpotSettings(Shape):
    """A service key or private-app token, or an OAuth app with a refresh token; and where the API is."""

    token: SecretStr | None = None
    token_file: Path | None = None
    client_id: str | None = None  # of an OAuth app; with a client secret and a refresh token
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    refresh_token: SecretStr | None = None
    refresh_token_file: Path | None = None  # rewritten whenever HubSpot replaces the token
    daily_calls: Annotated[int, Field(gt=0)] | None = None  # for accounts that do not tell their limit
    base_url: str = "https://api.hubapi.com"
    ca_file: Path | None = None

    @property
    def secret(self) -> SecretStr | None:
        return from_file(self.token_file, "hubspot.token_file") if self.token_file else trimmed(self.token)

    @property
    def app_secret(self) -> SecretStr | None:
        if self.client_secret_file:
            return from_file(self.client_secret_file, "hubspot.client_secret_file")
        return trimmed(self.client_secret)


Rows = Annotated[int, Field(gt=0)]  # from so many on, a Bulk job costs less than calls do


class SalesforceSettings(Shape):
    """An external client app: client credentials, JWT bearer with a private key, or a refresh token."""

    login_url: str | None = None  # the My Domain URL, as in https://acme.my.salesforce.com
    client_id: str | None = None
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    username: str | None = None  # with private_key_file: whom the JWT speaks for
    private_key_file: Path | None = None
    refresh_token: SecretStr | None = None
    refresh_token_file: Path | None = None  # rewritten whenever Salesforce replaces the token
    daily_calls: Annotated[int, Field(gt=0)] | None = None  # for orgs that do not tell their limit
    bulk_reads: Rows = 10_000
    bulk_writes: Rows = 10_000
    api_version: str = "62.0"
    ca_file: Path | None = None

    @property
    def secret(self) -> SecretStr | None:
        if self.client_secret_file:
            return from_file(self.client_secret_file, "salesforce.client_secret_file")
        return trimmed(self.client_secret)


class FilesSettings(Shape):
    """A folder of exports that is read as if it were a CRM (docs/files.md)."""

    directory: Path
    time_zone: str = "UTC"  # of instants that name none
    as_of: AwareDatetime | None = None  # when the exports were made; the time of each file where None

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        return a_zone(name)


def a_zone(name: str) -> str:
    """Raises ValueError for what names no time zone."""
    if name not in available_timezones():
        raise ValueError("the name of a time zone, as in America/Mexico_City")
    return name


Share = Annotated[float, Field(ge=0, le=1)]


class BudgetSettings(Shape):
    """Shares of the calls that a CRM allows per day."""

    backfill_share: Share = 0.5  # the most that backfills and proofs use
    reserve: Share = 0.2  # kept for the scheduled sync: backfills and proofs stop when no more is left
    floor: Share = 0.02  # kept for the account's other apps: a sync waits for the next day when less is left


class BoardSettings(Shape):
    """Where `crm-sync serve` listens."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8642


class SparkSettings(Shape):
    """The cluster that computes, where `engine` is `spark`, and Spark's own options."""

    master: str = "local[*]"  # all cores of this machine; spark://HOST:7077, yarn or k8s://… for several machines
    options: dict[str, str] = Field(default_factory=dict)
    least_rows: Annotated[int, Field(ge=0)] = 1_000_000  # of the largest table of a question: fewer are DuckDB's


class Settings(BaseSettings):
    """Everything that differs between installations. Unknown keys are refused."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=BETWEEN, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    database: str = "sqlite:///crm-sync.db"
    engine: Literal["duckdb", "spark"] = "duckdb"
    mappings: Path | None = None  # edited copies of the mapping tables; the shipped ones where None
    processes: Annotated[int, Field(gt=0)] | None = None  # that judge, where many are judged; one a core where None
    matching: Path | None = None  # where the last matching is kept; beside an SQLite database where None
    language: Literal["en", "es"] = "en"
    time_zone: str | None = None  # on whose wall times are shown; where the teams work where None
    profile: Literal["full", "minimal"] = "full"
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"  # of reports; deals in another are set aside
    secret_key: SecretStr | None = None  # locks the refresh tokens that have no file of their own
    secret_key_file: Path | None = None
    hubspot: HubSpotSettings | None = None
    salesforce: SalesforceSettings | None = None
    files: FilesSettings | None = None
    budget: BudgetSettings = BudgetSettings()
    boards: BoardSettings = BoardSettings()
    spark: SparkSettings = SparkSettings()

    @property
    def key(self) -> SecretStr | None:
        return from_file(self.secret_key_file, "secret_key_file") if self.secret_key_file else trimmed(self.secret_key)

    @property
    def matching_directory(self) -> Path | None:
        """None where nothing is kept, so that everybody is matched every time."""
        if self.matching or not self.database.startswith(SQLITE):
            return self.matching
        file = Path(self.database.removeprefix(SQLITE))
        return file.with_suffix(".matching") if file.name[:1] not in ":" else None

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str | None) -> str | None:
        return a_zone(name) if name else None

    @model_validator(mode="after")
    def one_crm_at_least(self) -> Settings:
        if self.hubspot is None and self.salesforce is None and self.files is None:
            raise ValueError("a [hubspot], a [salesforce] or a [files] table, or several of them")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over what the file said; nothing else is read."""
        return (env_settings, init_settings)


def load_settings(path: Path | None = None) -> Settings:
    """Settings from `path` (default: crm-sync.toml here, if it exists) and the environment. Relative paths in the file
    count from the file's directory. Raises ConfigError with file and key, never with a secret."""
    file = path or DEFAULT_FILE
    if path is not None and not path.exists():
        raise ConfigError(str(path), "no such file", "a settings file", fix="`crm-sync init` writes one.")
    if file.is_dir():
        raise ConfigError(str(file), "a directory", f"a settings file, such as {file / DEFAULT_FILE}")
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return at_directory(Settings(**said), file.parent)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(str(file), str(problem), "TOML in UTF-8") from None
    except UnicodeDecodeError as problem:
        raise ConfigError(str(file), not_utf8(problem), "TOML in UTF-8") from None
    except OSError as problem:
        raise ConfigError(str(file), str(problem.strerror), "a file that this user may read") from None
    except ValidationError as problem:
        if not file.exists() and not problem.errors()[0]["loc"]:  # nothing is wrong but that nothing is there
            fix = " ".join([BEGIN, *misspelt(os.environ)])
            raise ConfigError(str(file), "no such file here", "a settings file", fix=fix) from None
        raise without_input(problem, str(file)) from None


def at_directory(settings: Settings, directory: Path) -> Settings:
    """Relative paths made absolute, counted from where the settings file stands."""
    changes: dict[str, Any] = {"database": database_at(settings.database, directory)}
    if settings.mappings:
        changes["mappings"] = directory / settings.mappings
    if settings.matching:
        changes["matching"] = directory / settings.matching
    if settings.secret_key_file:
        changes["secret_key_file"] = directory / settings.secret_key_file
    for name in ("hubspot", "salesforce"):
        part = getattr(settings, name)
        if part is not None:
            files = {key: directory / value for key, value in part if key.endswith("_file") and value is not None}
            changes[name] = part.model_copy(update=files)
    if settings.files:
        changes["files"] = settings.files.model_copy(update={"directory": directory / settings.files.directory})
    return settings.model_copy(update=changes)


def database_at(url: str, directory: Path) -> str:
    if url.startswith(SQLITE) and not url.startswith(SQLITE + "/"):
        return SQLITE + str((directory / url.removeprefix(SQLITE)).absolute())
    return url


def without_input(problem: ValidationError, where: str) -> ConfigError:
    """The complaint, without the value found where that may be a secret."""
    key = problem.errors()[0]["loc"]
    error = sentence_for(problem, where, Settings)
    shown = error.found.startswith(("a key", "nothing")) or not SHOWN.isdisjoint(map(str, key[-1:]))
    found = shorten(error.found, LONG) if shown else "a value that does not fit"
    if not key:
        found = "none of them"
    place = variable_of(key) or error.where
    fix = " ".join(["docs/settings.md explains every key.", *misspelt(os.environ)])
    return ConfigError(place, found, error.allowed, fix=fix)


def variable_of(key: Sequence[object]) -> str | None:
    """The variable of the environment that says this key, by itself or with others as JSON: it wins over the file."""
    there = {name.upper() for name in os.environ}
    names = (PREFIX + BETWEEN.join(map(str, key[:depth])).upper() for depth in range(len(key), 0, -1))
    return next((name for name in names if name in there), None)


def misspelt(variables: Iterable[str]) -> Iterator[str]:
    """Variables of the environment that nobody reads, though they nearly name a setting, with what was meant."""
    for name in sorted(variables):
        key, between, rest = name.upper().removeprefix(PREFIX).partition(BETWEEN)
        if not name.upper().startswith(PREFIX) or key.lower() in Settings.model_fields:
            continue
        table = next((one for one in TABLES if key.startswith(f"{one.upper()}_")), None)
        near = get_close_matches(key.lower(), Settings.model_fields, n=1, cutoff=0.8)
        if table:
            yield f"{name} is read by nobody; {PREFIX}{table.upper()}{BETWEEN}{key[len(table) + 1 :]} is."
        elif near:
            yield f"{name} is read by nobody; {PREFIX}{near[0].upper()}{between}{rest} is."
