"""The touches that HubSpot holds, one kind of activity each, associated with the contact."""

from __future__ import annotations

from typing import Any, Final

from crm_sync.sandbox.town.calendar import HOUR, MINUTE
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.ids import hubspot_id, owner_ids
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.story import HUBSPOT, Human, Story, Touch

#: Object and the type of its association with a contact, and back.
OBJECTS: Final = {
    "call": ("calls", {194: 193}),
    "email": ("emails", {198: 197}),
    "meeting": ("meetings", {200: 199}),
    "note": ("notes", {202: 201}),
    "task": ("tasks", {204: 203}),
    "message": ("communications", {81: 82}),
}
_FIRST_ID = 60_000_000_001
_MAIL_STATES: Final = {"bounced": "BOUNCED", "failed": "FAILED", "scheduled": "SCHEDULED"}
_OUTCOMES: Final = {
    "COMPLETED": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "NO_ANSWER": "73a0d17f-1163-4015-bdd5-ec830791da20",
    "BUSY": "9d9162e7-6cf3-4944-bf63-4dff82258764",
}


def tell_touches(story: Story, ledger: Ledger) -> None:
    number, owners = _FIRST_ID + story.block.records, owner_ids(story.cast.staff)
    dice = Dice()
    for human in story.humans:
        touches = [one for one in human.touches if one.where == HUBSPOT or one.mirror is not None]
        if touches:
            dice.again(f"{story.seed}/{human.person.number}/activities")
        for touch in sorted(touches, key=lambda one: one.at):
            _tell(ledger, dice, human, touch, str(number), owners[touch.rep])
            number += 1


def _tell(ledger: Ledger, dice: Dice, human: Human, touch: Touch, record_id: str, owner: str) -> None:
    table, types = OBJECTS[touch.kind]
    copied = touch.where != HUBSPOT
    shown = touch._replace(at=touch.at + (touch.mirror or 0)) if copied else touch
    values, logged = _VALUES[touch.kind](dice, shown)
    source = "SALESFORCE" if copied else "CRM_UI"
    values = {"hs_timestamp": shown.at * 1000, "hubspot_owner_id": owner, "hs_engagement_source": source} | values
    ledger.add(table, record_id, logged, logged, values)
    ledger.join((table, record_id), ("contacts", _contact(dice, human, touch)), types)


def _contact(dice: Dice, human: Human, touch: Touch) -> str:
    """Once there are two contacts of one human, some touches are logged with the second."""
    twin = any(one.face == HUBSPOT and one.at < touch.at for one in human.twins)
    return hubspot_id("contacts", human.person.number, twin=twin and dice.chance(0.4))


def _call(dice: Dice, touch: Touch) -> tuple[dict[str, Any], int]:
    """Reps write calls down when they find the time; what counts is when the call was."""
    status = dice.weighted({"COMPLETED": 45, "NO_ANSWER": 45, "BUSY": 10}) if touch.way == "out" else "COMPLETED"
    late = dice.between(MINUTE, 50 * MINUTE) if dice.chance(0.2) and touch.mirror is None else 0
    values = {
        "hs_call_title": "Llamada",
        "hs_call_direction": "OUTBOUND" if touch.way == "out" else "INBOUND",
        "hs_call_status": status,
        "hs_call_disposition": _OUTCOMES[status],
        "hs_call_duration": str(dice.between(20, 900) * 1000 if status == "COMPLETED" else 0),
    }
    return values, touch.at + late


def _email(dice: Dice, touch: Touch) -> tuple[dict[str, Any], int]:
    direction = "EMAIL" if touch.way == "out" else "INCOMING_EMAIL"
    values = {
        "hs_email_subject": dice.pick(("Seguimiento", "Re: propuesta", "Next steps")),
        "hs_email_direction": "FORWARDED_EMAIL" if touch.state == "forwarded" else direction,
        "hs_email_status": _MAIL_STATES.get(touch.state, "SENT"),
    }
    return values, touch.at


def _meeting(dice: Dice, touch: Touch) -> tuple[dict[str, Any], int]:
    """Booked now, held later: the record's creation is the booking."""
    start = touch.starts or touch.at
    values = {
        "hs_timestamp": start * 1000,
        "hs_meeting_title": "Demo",
        "hs_meeting_start_time": start * 1000,
        "hs_meeting_end_time": (start + HOUR) * 1000,
        "hs_meeting_outcome": "SCHEDULED",
        "hs_meeting_source": "MEETINGS_PUBLIC" if touch.way == "booked" else "CRM_UI",
    }
    return values, touch.at


def _note(dice: Dice, touch: Touch) -> tuple[dict[str, Any], int]:
    return {"hs_note_body": "Pidió precios por escrito."}, touch.at


def _task(dice: Dice, touch: Touch) -> tuple[dict[str, Any], int]:
    done = touch.state == "done"
    values = {
        "hs_task_subject": "Llamar mañana",
        "hs_task_type": dice.pick(("CALL", "EMAIL", "TODO")),
        "hs_task_status": "COMPLETED" if done else "NOT_STARTED",
        "hs_task_priority": "NONE",
        "hs_task_completion_date": touch.at * 1000 if done else None,
    }
    return values, touch.at


def _message(dice: Dice, touch: Touch) -> tuple[dict[str, Any], int]:
    channel = dice.weighted({"WHATS_APP": 60, "SMS": 20, "LINKEDIN_MESSAGE": 20})
    values = {
        "hs_communication_channel_type": channel,
        "hs_communication_logged_from": "CRM",
        "hs_communication_body": "¿Tiene cinco minutos hoy?",
    }
    return values, touch.at


_VALUES: Final = {
    "call": _call,
    "email": _email,
    "meeting": _meeting,
    "note": _note,
    "task": _task,
    "message": _message,
}
