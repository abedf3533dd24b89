"""What is read from HubSpot, as a table: where each object keeps its stamps, its links and its title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crm_sync.mappings.fields import Fields
from crm_sync.mappings.vocabulary import Vocabulary

CRM: Final = "hubspot"
WRITTEN_BY: Final = "hs_engagement_source"  # of an activity: by which of HubSpot's parts, or from where
PROGRAMS: Final = frozenset({"SALESFORCE"})  # those that copy what a colleague did elsewhere
MERGED: Final = "hs_merged_object_ids"  # whom a record has swallowed: they are in no list any more, archived or not


@dataclass(frozen=True, slots=True)
class Kind:
    """One object: `group` is its part of fields.toml (activities have none), `at` the stamp when a touch happened."""

    name: str
    group: str = ""
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"
    at: str = "hs_timestamp"
    starts: str = ""  # of an appointment, which otherwise happens when it is made
    subject: str = ""
    links: tuple[str, ...] = ("contacts",)
    more: tuple[str, ...] = ("hubspot_owner_id",)
    archived: bool = False  # it counts for something, so that deletions matter: they are listed after each read


OWNERS: Final = Kind("owners")
KINDS: Final = (
    Kind("companies", "companies", created="createdate", links=(), more=(MERGED,), archived=True),
    Kind("contacts", "people", "createdate", "lastmodifieddate", links=(), more=(MERGED,), archived=True),
    Kind(
        "deals", "deals", created="createdate", links=("contacts", "companies"), archived=True,
        more=("pipeline", "hs_is_closed", "hs_is_closed_won", MERGED),
    ),
    Kind("calls", subject="hs_call_title", archived=True),
    Kind("emails", subject="hs_email_subject", archived=True),
    Kind("meetings", subject="hs_meeting_title", starts="hs_meeting_start_time", archived=True),
    Kind("notes"),
    Kind("tasks", subject="hs_task_subject"),
    Kind("communications", archived=True),
)  # fmt: skip
BY_NAME: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (OWNERS, *KINDS)}


def history_of(kind: Kind, fields: Fields) -> tuple[str, ...]:
    """Properties of which we read every value they had: stages, owners and reasons of people, stages of deals."""
    names = {"people": ("stage", "owner", "close_reason"), "deals": ("stage",)}.get(kind.group, ())
    return tuple(dict.fromkeys(one for name in names for one in fields.of(kind.group, name, kind.name)))


def properties_of(kind: Kind, vocabulary: Vocabulary, ours: tuple[str, ...]) -> tuple[str, ...]:
    """Every property that a read of `kind` asks for; `ours` are those of our own that people carry."""
    if kind.group:
        asked = (*vocabulary.fields.to_read(kind.group, kind.name), *(ours if kind.group == "people" else ()))
    else:
        named = (*vocabulary.fields.to_read("touches", kind.name), *((WRITTEN_BY,) if kind.archived else ()))
        asked = (*vocabulary.activities.facts_of(kind.name), *named, kind.at, kind.starts, kind.subject)
    return tuple(sorted({*asked, kind.created, kind.modified, *kind.more} - {""}))


def asked_in(fields: Fields, kind: Kind) -> dict[str, str]:
    """Property → the line of fields.toml that asks for it."""
    lines = {
        one: f"[{kind.group}.{name}]"
        for name, places in fields.places.get(kind.group, {}).items()
        for one in places.get(kind.name, ())
    }
    lines |= dict.fromkeys(fields.same_as.get(kind.name, {}), f"[same_as.{kind.name}]")
    if kind.group == "people":
        lines |= {
            one: f"[[visits.{kind.name}]]" for it in fields.visits.get(kind.name, ()) for one in (*it.source, it.at)
        }
        lines |= {
            one: f"[[conversions.{kind.name}]]"
            for it in fields.conversions.get(kind.name, ())
            for one in (it.name, it.at)
        }
        lines |= {it.at: f"[[replies.{kind.name}]]" for it in fields.replies.get(kind.name, ())}
    return lines
