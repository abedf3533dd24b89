"""All tables together: what the rest of the house is handed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from crm_sync.errors import ConfigError
from crm_sync.mappings.activities import Activities, load_activities
from crm_sync.mappings.channels import Channels, load_channels
from crm_sync.mappings.commitment import Commitment, load_commitment
from crm_sync.mappings.companies import CompanyWords, load_companies
from crm_sync.mappings.criteria import Criteria, load_criteria
from crm_sync.mappings.fields import Fields, load_fields
from crm_sync.mappings.handoff import Handoff, load_handoff
from crm_sync.mappings.holidays import Holidays, read_holidays
from crm_sync.mappings.identity import Identity, load_identity_model, load_identity_words
from crm_sync.mappings.lifecycle import Lifecycle, load_lifecycle
from crm_sync.mappings.lists import ListModel, load_list_model
from crm_sync.mappings.policies import KEPT_FILES, PROMISE_FILES, load_promise
from crm_sync.mappings.promise import Promise
from crm_sync.mappings.survivorship import Survivorship, load_survivorship
from crm_sync.mappings.symptoms import Symptoms, load_symptoms
from crm_sync.mappings.tables import CRMS, read_text, read_toml
from crm_sync.mappings.usual import Usual, read_usual

SHIPPED = Path(__file__).parent
MAPPING_FILES = (
    "lifecycle.toml", "channels.toml", "activities.toml", "fields.toml", *PROMISE_FILES, "identity.toml",
    "companies.toml", "survivorship.toml", "commitment.toml", "criteria.toml", "handoff.toml", "symptoms.toml",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, fields and promise, validated."""

    lifecycle: Lifecycle
    channels: Channels
    activities: Activities
    fields: Fields
    promise: Promise
    identity: Identity
    companies: CompanyWords
    survivorship: Survivorship
    commitment: Commitment
    criteria: Criteria
    handoff: Handoff
    symptoms: Symptoms
    fingerprint: str = ""  # of the texts of all tables


def load_vocabulary(directory: Path | None = None, promise: Promise | None = None) -> Vocabulary:
    """The tables in `directory`, where a missing file means the shipped one; `promise` stands in for those of the SLA.
    Raises ConfigError."""
    if directory is not None and not directory.is_dir():
        raise ConfigError("mappings", repr(str(directory)), "a directory", fix="`crm-sync init` makes one.")

    channels = load_channels(place_of(directory, "channels.toml"))
    activities = load_activities(place_of(directory, "activities.toml"))
    found = Vocabulary(
        load_lifecycle(place_of(directory, "lifecycle.toml")),
        channels,
        activities,
        load_fields(place_of(directory, "fields.toml")),
        promise or load_promise({name: place_of(directory, name) for name in KEPT_FILES}),
        load_identity(directory),
        load_companies(place_of(directory, "companies.toml"), place_of(directory, "identity.toml")),
        load_survivorship(place_of(directory, "survivorship.toml")),
        load_commitment(place_of(directory, "commitment.toml")),
        load_criteria(place_of(directory, "criteria.toml"), activities, channels),
        load_handoff(place_of(directory, "handoff.toml")),
        load_symptoms(place_of(directory, "symptoms.toml")),
        fingerprint_of(place_of(directory, name) for name in (*MAPPING_FILES, "identity_model.toml")),
    )
    check_stages_can_be_written(found)
    check_handoff_can_be_judged(found)
    check_actions_can_be_done(found)
    check_promise_can_be_kept(found)
    check_segments_can_be_met(found)
    return found


def load_identity(directory: Path | None = None) -> Identity:
    """The words and weights of matching, the shipped ones where `directory` has none. Raises ConfigError."""
    return Identity(
        load_identity_words(place_of(directory, "identity.toml")),
        load_identity_model(place_of(directory, "identity_model.toml")),
    )


def load_usual(directory: Path | None = None) -> Usual:
    """What training on a company's own records is compared with. Raises ConfigError."""
    return read_usual(place_of(directory, "identity_usual.toml"))


def load_lists(directory: Path | None = None) -> ListModel:
    """What matching a general list starts from. Raises ConfigError."""
    return load_list_model(place_of(directory, "identity_lists.toml"))


def load_holidays(directory: Path | None = None) -> Holidays:
    """The holidays that are pinned. Raises ConfigError."""
    return read_holidays(read_toml(place_of(directory, "holidays.toml")), "holidays.toml")


def fingerprint_of(files: Iterable[Path]) -> str:
    """Of their texts. Raises ConfigError."""
    return blake2b(json.dumps([read_text(file) for file in files]).encode(), digest_size=16).hexdigest()


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


def check_handoff_can_be_judged(vocabulary: Vocabulary) -> None:
    """Activities and channels that no other table has would never be found."""
    named = (
        ("content", vocabulary.handoff.content, vocabulary.activities.by_name),
        ("no_campaign", vocabulary.handoff.no_campaign, vocabulary.channels.labels),
    )
    for key, words, known in named:
        if unknown := sorted(words - known.keys()):
            raise ConfigError(f"handoff.toml: [complete] {key}", repr(unknown[0]), ", ".join(sorted(known)))


def check_actions_can_be_done(vocabulary: Vocabulary) -> None:
    """An activity that no table has would never be done. A target may be missing: then its action is passed over."""
    for name, stage in vocabulary.lifecycle.stages.items():
        for action in stage.actions:
            if unknown := sorted(action.done_by - vocabulary.activities.by_name.keys()):
                where = f"lifecycle.toml: [{name}] next_actions done_by"
                raise ConfigError(where, repr(unknown[0]), ", ".join(sorted(vocabulary.activities.by_name)))


def check_promise_can_be_kept(vocabulary: Vocabulary) -> None:
    """Conditions that no lead can ever meet, pauses that nobody lists, targets that no CRM could show."""
    known = {
        "stage": frozenset(vocabulary.lifecycle.stages),
        "source": frozenset(vocabulary.channels.labels),
        "last_source": frozenset(vocabulary.channels.labels),
        "crm": frozenset(CRMS),
        "score_band": vocabulary.criteria.bands,
        "persona": personas_of(vocabulary.criteria),
    }
    shown = vocabulary.fields.ours["sla_target"].options if "sla_target" in vocabulary.fields.ours else ()
    for policy in (one for versions in vocabulary.promise.policies for one in versions):
        where = f"sla.toml: [[policies]] {policy.name}"
        for name, values in policy.when.items():
            if name in known and (unknown := sorted(values - known[name])):
                raise ConfigError(f"{where} when.{name}", repr(unknown[0]), ", ".join(sorted(known[name])))
        for pause in sorted(policy.rules.pauses or ()):
            if pause not in vocabulary.lifecycle.pauses:
                listed = ", ".join(sorted(vocabulary.lifecycle.pauses)) or "none yet"
                raise ConfigError(f"{where} pauses", repr(pause), f"conditions of lifecycle.toml [paused]: {listed}")
        for target in policy.targets:
            if shown and target.clock == "rep" and target.name not in shown:
                allowed = f'the options of fields.toml [ours.sla_target] ({", ".join(shown)}), or clock = "lead"'
                raise ConfigError(f"{where} targets", repr(target.name), allowed)


def check_segments_can_be_met(vocabulary: Vocabulary) -> None:
    """Segments of channels, score bands or personas that there are none of."""
    channels = frozenset(vocabulary.channels.labels)
    known = {"source": channels, "last_source": channels, "score_band": vocabulary.criteria.bands}
    known["persona"] = personas_of(vocabulary.criteria)
    for segment in vocabulary.commitment.segments:
        for name, values in segment.conditions.items():
            if name in known and (unknown := sorted(values - known[name])):
                where = f"commitment.toml: [[segments]] {segment.name} when.{name}"
                raise ConfigError(where, repr(unknown[0]), ", ".join(sorted(known[name])) or "none yet")


def personas_of(criteria: Criteria) -> frozenset[str]:
    return frozenset(one.name.casefold() for one in criteria.personas)


def copy_mappings(directory: Path) -> list[Path]:
    """Writes the shipped tables for editing and returns the new files; existing ones are left alone."""
    directory.mkdir(parents=True, exist_ok=True)
    new = [directory / name for name in MAPPING_FILES if not (directory / name).exists()]
    for file in new:
        file.write_text((SHIPPED / file.name).read_text(encoding="utf-8"), encoding="utf-8")
    return new
