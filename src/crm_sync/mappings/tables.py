"""Reads a mapping file and says in one sentence what is wrong with it: file, key, found, allowed."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, get_args
from unicodedata import combining, normalize

from pydantic import BaseModel, ConfigDict, ValidationError

from crm_sync.errors import ConfigError, not_utf8

NUMBERS = (int, float, Decimal)
WHOLE, NUMBER, LOGICAL = "a whole number", "a number", "true or false"
ALLOWED = {  # by pydantic's name of the complaint
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} at most",
    "less_than": "less than {lt}",
    "multiple_of": "a multiple of {multiple_of}",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": "a whole number of fewer digits",
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "finite_number": NUMBER,
    "bool_type": LOGICAL,
    "bool_parsing": LOGICAL,
    "string_type": "a text",
    "string_too_short": "a text of {min_length} characters or more",
    "string_too_long": "a text of {max_length} characters at most",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "too_short": "{min_length} of them or more",
    "too_long": "{max_length} of them at most",
    "path_type": "a path",
    "date_type": "a day, as in 2026-03-01",
    "date_parsing": "a day, as in 2026-03-01",
    "date_from_datetime_parsing": "a day, as in 2026-03-01",
    "date_from_datetime_inexact": "a day without a time, as in 2026-03-01",
    "datetime_type": "an instant, as in 2026-03-01T12:00:00Z",
    "datetime_parsing": "an instant, as in 2026-03-01T12:00:00Z",
    "datetime_from_date_parsing": "an instant, as in 2026-03-01T12:00:00Z",
    "timezone_aware": "an instant with its zone, as in 2026-03-01T12:00:00Z",
}


class Shape(BaseModel):
    """Base of the shapes below a mapping file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Shape):
    """The columns of a table of words: one per CRM, and a new CRM is a new line here."""

    hubspot: tuple[str, ...] = ()
    salesforce: tuple[str, ...] = ()
    files: tuple[str, ...] = ()  # exports in a folder


CRMS = tuple(Words.model_fields)


class Label(Shape):
    """A text in both languages of the product."""

    en: str
    es: str

    def in_language(self, language: str) -> str:
        return self.es if language == "es" else self.en


def as_label(_: object, told: object) -> Label:
    """For msgspec, which knows no models: back from what `model_dump` told."""
    return Label.model_validate(told)


#: That tables and questions may name: before the first CRM, and far enough that no zone or month leads out of the
#: calendar.
YEARS = range(1970, 2200)
Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path) -> dict[str, Any]:
    """The file as a dictionary. Raises ConfigError."""
    return parsed_toml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(str(path), "no such file", "a mapping file", fix="`crm-sync init` writes one.") from None
    except UnicodeDecodeError as problem:
        raise ConfigError(str(path), not_utf8(problem), "TOML in UTF-8") from None
    except OSError as problem:
        raise ConfigError(str(path), str(problem.strerror), "a mapping file that this user may read") from None


def parsed_toml(text: str, where: str) -> dict[str, Any]:
    """Raises ConfigError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(where, str(problem), "TOML in UTF-8") from None


def shaped(model: type[Model], data: object, where: str) -> Model:
    """`data` as `model`. Raises ConfigError for the first thing that is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        raise sentence_for(problem, where, model) from None


def sentence_for(problem: ValidationError, where: str, model: type[BaseModel]) -> ConfigError:
    """Pydantic's first complaint about `model` in our words."""
    first = problem.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    place = f"{where}: {key}" if key else where
    match first["type"]:
        case "extra_forbidden":
            return ConfigError(place, "a key that is not known", known_keys(model, first["loc"][:-1]))
        case "missing":
            return ConfigError(place, "nothing", "a value; the key is required")
        case _:
            return ConfigError(place, repr(first.get("input")), allowed(problem))


def allowed(problem: ValidationError) -> str:
    """What would have suited where pydantic complains first, in our words; its own where we have none."""
    first = problem.errors()[0]
    limits = {
        name: f"{limit:,}" if isinstance(limit, NUMBERS) else limit for name, limit in first.get("ctx", {}).items()
    }
    words = ALLOWED.get(first["type"])
    return words.format(**limits) if words else lower_first(first["msg"])


def known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> str:
    """The keys of the model that stands at `path` inside `model`."""
    for part in path:
        annotation = model.model_fields[str(part)].annotation if str(part) in model.model_fields else None
        inner = [one for one in (annotation, *get_args(annotation)) if isinstance(one, type)]
        model = next((one for one in inner if issubclass(one, BaseModel)), model)
    return "one of " + ", ".join(field.alias or name for name, field in model.model_fields.items())


def lower_first(text: str) -> str:
    text = text.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def no_word_twice(words: list[tuple[str, str]], where: str, column: str) -> None:
    """`words` are (word, table) pairs. Raises ConfigError when two tables claim a word."""
    seen: dict[str, str] = {}
    for word, table in words:
        if word in seen:
            raise ConfigError(
                f"{where}: [{table}] {column}", f"{word!r}, which stands in [{seen[word]}] too", "each word once"
            )
        seen[word] = table


def unaccented(text: str) -> str:
    """Letters without their accents."""
    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign))


def listed(values: str | tuple[str, ...]) -> frozenset[str]:
    """The values that a condition allows, one or several, without outer spaces and in lower case."""
    return frozenset(one.strip().casefold() for one in ([values] if isinstance(values, str) else values))
