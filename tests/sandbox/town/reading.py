"""Reads a told town back from the world's tables, knowing only the CRMs' words and who is who, to check the telling."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from crm_sync.sandbox.town.judge import Facts
from crm_sync.sandbox.world import Row, World

HUBSPOT_STAGES = {
    "subscriber": "subscriber", "lead": "lead", "marketingqualifiedlead": "mql", "salesqualifiedlead": "sql",
    "opportunity": "opportunity", "customer": "customer", "UNQUALIFIED": "disqualified", "BAD_TIMING": "recycled",
}  # fmt: skip
SALESFORCE_STAGES = {
    "Open - Not Contacted": "lead", "Marketing Qualified": "mql", "Working - Contacted": "sal", "Qualified": "sql",
    "Closed - Converted": "sql", "Closed - Not Converted": "disqualified", "Nurture": "recycled",
}  # fmt: skip


class Told:
    """One world, indexed for reading."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows = {key: {row["_id"]: row for row in table.select()} for key, table in world.tables.items()}
        self.humans = {
            **{key: row["email"] for key, row in self.of("hubspot", "owners").items()},
            **{
                key: row["Email"] for key, row in self.of("salesforce", "User").items() if row["UserType"] == "Standard"
            },
        }
        self.tasks = self._by_whom("Task")
        self.events = self._by_whom("Event")
        self.lead_history = self._group(self.of("salesforce", "LeadHistory"), "LeadId")
        self.opportunity_steps = self._group(self.of("salesforce", "OpportunityHistory"), "OpportunityId")
        self.histories = self._histories()
        self.activities: dict[str, list[tuple[str, Row]]] = defaultdict(list)
        self.deals: dict[str, list[tuple[str, Row]]] = defaultdict(list)
        for from_object, from_id, to_id in world.db.execute(
            "SELECT from_object, from_id, to_id FROM association"
            " WHERE to_object = 'contacts' AND from_object <> 'companies'"
        ):
            where = self.deals if from_object == "deals" else self.activities
            where[to_id].append((from_object, self.of("hubspot", from_object)[from_id]))
        self.roles = self._group(self.of("salesforce", "OpportunityContactRole"), "ContactId")

    def of(self, face: str, name: str) -> dict[str, Row]:
        return self.rows[face, name]

    def _group(self, rows: dict[str, Row], key: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(rows.values(), key=lambda one: (one["_created"], one["_id"])):
            found[row[key]].append(row)
        return found

    def _by_whom(self, name: str) -> dict[str, list[Row]]:
        return self._group(self.of("salesforce", name), "WhoId")

    def _histories(self) -> dict[tuple[str, str, str], list[tuple[int, str]]]:
        found: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
        for name, record, field, value, at in self.world.db.execute(
            "SELECT object, record_id, field, value, at FROM history ORDER BY at"
        ):
            found[name, record, field].append((at // 1000, value))
        return found

    def facts(self, records: list[str]) -> Facts:
        """Everything that the records of one human say, of both CRMs together."""
        stages: list[tuple[int, str]] = []
        owners: list[tuple[int, str | None]] = []
        attempts: list[tuple[int, str]] = []
        answers: list[int] = []
        booked: list[int] = []
        meetings: list[tuple[int, int]] = []
        reason, opted_out = None, False
        for record in records:
            face, name, key = record.split(":")
            row = self.of(face, name)[key]
            part = {"contacts": self._contact, "Lead": self._lead, "Contact": self._sf_contact}[name](row)
            lists: tuple[list[Any], ...] = (stages, owners, attempts, answers, booked)
            for said, more in zip(lists, part, strict=True):
                said.extend(more)
            meetings += self._meetings(name, key)
            reason = reason or row.get("disqualification_reason") or row.get("Disqualified_Reason__c")
            opted_out |= row.get("hs_email_optout") == "true" or row.get("HasOptedOutOfEmail") == 1
        said = tuple(stages), tuple(owners), tuple(attempts), tuple(answers), tuple(booked)
        return Facts(*said, reason, opted_out, tuple(meetings))

    def _meetings(self, name: str, key: str) -> list[tuple[int, int]]:
        if name != "contacts":
            return [(one["_created"] // 1000, one["StartDateTime"] // 1000) for one in self.events[key]]
        booked = [one for kind, one in self.activities[key] if kind == "meetings"]
        return [(one["_created"] // 1000, one["hs_meeting_start_time"] // 1000) for one in booked]

    def _contact(self, row: Row) -> tuple[list[Any], ...]:
        key = row["_id"]
        said = self.histories["contacts", key, "lifecyclestage"] + self.histories["contacts", key, "hs_lead_status"]
        stages = [(at, HUBSPOT_STAGES[value]) for at, value in said if value in HUBSPOT_STAGES]
        for _, deal in self.deals[key]:
            stages.append((deal["_created"] // 1000, "opportunity"))
            if deal["hs_is_closed_won"] == "true":
                stages.append((deal["closedate"] // 1000, "customer"))
        owners = [(at, self.humans.get(value)) for at, value in self.histories["contacts", key, "hubspot_owner_id"]]
        touches = [self._activity(name, one) for name, one in self.activities[key]]
        return stages, owners, *self._sorted(touches)

    def _activity(self, name: str, row: Row) -> tuple[str, int, str]:
        at = row["hs_timestamp"] // 1000
        if row["hs_engagement_source"] == "SALESFORCE":
            return "", at, ""  # a copy: the other CRM tells it
        if name == "calls":
            return ("attempt" if row["hs_call_direction"] == "OUTBOUND" else "answer"), at, "call"
        if name == "emails":
            sent = row["hs_email_direction"] == "EMAIL" and row["hs_email_status"] == "SENT"
            return "attempt" if sent else "answer" if row["hs_email_direction"] == "INCOMING_EMAIL" else "", at, "email"
        if name == "meetings":
            return (
                ("booked" if row["hs_meeting_source"] == "MEETINGS_PUBLIC" else "attempt"),
                row["_created"] // 1000,
                "meeting",
            )
        return ("attempt" if name == "communications" else ""), at, "message"

    def _lead(self, row: Row) -> tuple[list[Any], ...]:
        moved = self.lead_history[row["_id"]]
        said = self._over_time(row, moved, "Status", row["Status"])
        stages = [(at, SALESFORCE_STAGES[value]) for at, value in said if value in SALESFORCE_STAGES]
        by_id = [one for one in moved if one["Field"] != "Owner" or one["OldValue"].startswith("00")]
        owners = [(at, self.humans.get(value)) for at, value in self._over_time(row, by_id, "Owner", row["OwnerId"])]
        return stages, owners, *self._sorted(self._salesforce_touches(row["_id"]))

    def _over_time(self, row: Row, moved: list[Row], field: str, now: str) -> list[tuple[int, str]]:
        changes = [one for one in moved if one["Field"] == field]
        first = changes[0]["OldValue"] if changes else now
        assert not changes or changes[-1]["NewValue"] == now
        return [(row["_created"] // 1000, first), *((one["_created"] // 1000, one["NewValue"]) for one in changes)]

    def _sf_contact(self, row: Row) -> tuple[list[Any], ...]:
        stages = []
        for role in self.roles[row["_id"]]:
            deal = self.of("salesforce", "Opportunity")[role["OpportunityId"]]
            stages.append((deal["_created"] // 1000, "opportunity"))
            won = [one for one in self.opportunity_steps[deal["_id"]] if one["StageName"] == "Closed Won"]
            stages += [(one["_created"] // 1000, "customer") for one in won]
        owners = [(row["_created"] // 1000, self.humans.get(row["OwnerId"]))]
        return stages, owners, *self._sorted(self._salesforce_touches(row["_id"]))

    def _salesforce_touches(self, key: str) -> list[tuple[str, int, str]]:
        found = [("attempt", one["_created"] // 1000, "meeting") for one in self.events[key]]
        for one in self.tasks[key]:
            if (
                one["Status"] == "Completed"
                and one["TaskSubtype"] in ("Call", "Email")
                and {one["OwnerId"], one["CreatedById"]} <= self.humans.keys()  # not a copy that the integration wrote
            ):
                kind = "answer" if one["CallType"] == "Inbound" else "attempt"
                found.append((kind, one["CompletedDateTime"] // 1000, one["TaskSubtype"].lower()))
        return found

    def _sorted(self, touches: list[tuple[str, int, str]]) -> tuple[list[Any], list[int], list[int]]:
        attempts = [(at, channel) for kind, at, channel in touches if kind == "attempt"]
        answers = [at for kind, at, _ in touches if kind in ("answer", "booked")]
        return attempts, answers, [at for kind, at, _ in touches if kind == "booked"]


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=UTC).timestamp())


def dumped(world: World) -> str:
    return "\n".join(world.db.iterdump())


def as_text(truth: Any) -> str:
    return json.dumps(truth.as_json(), ensure_ascii=False)
