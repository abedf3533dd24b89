"""All tables together: what the rest of the house is handed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crm_sync.errors import ConfigError
from crm_sync.mappings.activities import Activities, load_activities
from crm_sync.mappings.channels import Channels, load_channels
from crm_sync.mappings.companies import CompanyWords, load_companies
from crm_sync.mappings.fields import Fields, load_fields
from crm_sync.mappings.identity import IdentityModel, IdentityWords, load_identity_model, load_identity_words
from crm_sync.mappings.lifecycle import Lifecycle, load_lifecycle
from crm_sync.mappings.policy import Policy, load_policy
from crm_sync.mappings.survivorship import Survivorship, load_survivorship

SHIPPED = Path(__file__).parent
MAPPING_FILES = (
    "lifecycle.toml", "channels.toml", "activities.toml", "fields.toml", "sla.toml", "identity.toml", "companies.toml",
    "survivorship.toml",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, fields and promise, validated."""

    lifecycle: Lifecycle
    channels: Channels
    activities: Activities
    fields: Fields
    policy: Policy
    companies: CompanyWords
    survivorship: Survivorship


def load_vocabulary(directory: Path | None = None) -> Vocabulary:
    """The tables in `directory`, where a missing file means the shipped one. Raises ConfigError."""
    if directory is not None and not directory.is_dir():
        raise ConfigError("mappings", repr(str(directory)), "a directory", fix="`crm-sync init` makes one.")

    found = Vocabulary(
        load_lifecycle(place_of(directory, "lifecycle.toml")),
        load_channels(place_of(directory, "channels.toml")),
        load_activities(place_of(directory, "activities.toml")),
        load_fields(place_of(directory, "fields.toml")),
        load_policy(place_of(directory, "sla.toml")),
        load_companies(place_of(directory, "companies.toml"), place_of(directory, "identity.toml")),
        load_survivorship(place_of(directory, "survivorship.toml")),
    )
    check_stages_can_be_written(found)
    return found


def load_identity(directory: Path | None = None) -> tuple[IdentityWords, IdentityModel]:
    """The words and weights of matching, the shipped ones where `directory` has none. Raises ConfigError."""
    return (
        load_identity_words(place_of(directory, "identity.toml")),
        load_identity_model(place_of(directory, "identity_model.toml")),
    )


def place_of(directory: Path | None, name: str) -> Path:
    edited = directory / name if directory else None
    return edited if edited and edited.exists() else SHIPPED / name


def check_stages_can_be_written(vocabulary: Vocabulary) -> None:
    """A stage that our stage property does not offer would be refused by a CRM, row by row."""
    options = vocabulary.fields.ours["stage"].options if "stage" in vocabulary.fields.ours else ()
    for name in vocabulary.lifecycle.stages:
        if options and name not in options:
            allowed = f"every stage of lifecycle.toml; {name!r} is missing"
            raise ConfigError("fields.toml: [ours.stage] options", ", ".join(options), allowed)


def copy_mappings(directory: Path) -> list[Path]:
    """Writes the shipped tables for editing and returns the new files; existing ones are left alone."""
    directory.mkdir(parents=True, exist_ok=True)
    new = [directory / name for name in MAPPING_FILES if not (directory / name).exists()]
    for file in new:
        file.write_text((SHIPPED / file.name).read_text(encoding="utf-8"), encoding="utf-8")
    return new
