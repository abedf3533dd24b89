"""The touches that Salesforce holds as tasks and events, those mirrored from HubSpot among them."""

from __future__ import annotations

from typing import Any, Final

from crm_sync.sandbox.town.calendar import DAY, HOUR, day_of
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.ids import INTEGRATION, sobject_id, user_ids
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.story import SALESFORCE, Human, Story, Touch

_NOTE_EVERY: Final = 9  # people
_SUBTYPES: Final = {"call": "Call", "email": "Email", "task": "Task"}


def tell_touches(story: Story, ledger: Ledger) -> None:
    dice = Dice()
    for human in story.humans:
        touches = [one for one in human.touches if one.where == SALESFORCE or one.mirror is not None]
        if touches:
            dice.again(f"{story.seed}/{human.person.number}/tasks")
        for touch in sorted(touches, key=lambda one: one.at):
            tell = _tell_event if touch.kind == "meeting" else _tell_task
            tell(story, ledger, dice, human, touch)


def tell_mailings(story: Story, ledger: Ledger) -> None:
    """The list mails that everybody got who was known by then; marketing's, so nobody's attempt."""
    by = user_ids(story.cast.staff)[story.cast.marketers[0].key]
    known = [(at, _whom(one)) for one in story.humans if (at := _known(one)) is not None] if story.cast.mailings else []
    for at in story.cast.mailings:
        first = ledger.next("Task")
        reached = [whom for since, whom in known if since <= at]
        rows = [{"_id": sobject_id("Task", number)} | whom for number, whom in enumerate(reached, first)]
        same = {
            "Subject": "List Email: boletín",
            "Status": "Completed",
            "Priority": "Normal",
            "TaskSubtype": "ListEmail",
            "ActivityDate": day_of(at).isoformat(),
            "CompletedDateTime": at * 1000,
            "IsClosed": 1,
        } | _by(by, by)
        ledger.add_alike("Task", at, same, rows)


def tell_notes(story: Story, ledger: Ledger) -> None:
    """Now and then marketing writes down what it knows of somebody; the note hangs on its author, too."""
    author = user_ids(story.cast.staff)[story.cast.marketers[0].key]
    for human in story.humans:
        if human.person.number % _NOTE_EVERY or (at := _known(human)) is None:
            continue
        note = sobject_id("ContentNote", ledger.next("ContentNote"))
        whom = sobject_id("Lead" if human.course.lead_at is not None else "Contact", human.person.number)
        values = {"Title": "Prefiere WhatsApp", "FileType": "SNOTE", "ContentSize": 24} | _by(author, author)
        ledger.add("ContentNote", note, at, at, values)
        for linked, share in ((author, "I"), (whom, "V")):
            link = sobject_id("ContentDocumentLink", ledger.next("ContentDocumentLink"))
            values = {"ContentDocumentId": note, "LinkedEntityId": linked, "ShareType": share, "Visibility": "AllUsers"}
            ledger.add("ContentDocumentLink", link, at, at, values)


def _known(human: Human) -> int | None:
    """Since when Salesforce knows somebody."""
    return human.course.lead_at if human.course.lead_at is not None else human.course.contact_at


def _tell_task(story: Story, ledger: Ledger, dice: Dice, human: Human, touch: Touch) -> None:
    copied = touch.where != SALESFORCE
    at, done = touch.at + ((touch.mirror or 0) if copied else 0), touch.state != "open"
    robot = sobject_id("User", INTEGRATION)
    owner = robot if touch.state == "robot" else user_ids(story.cast.staff)[touch.rep]
    creator = robot if copied else owner
    values = {
        "Subject": _subject(touch),
        "Status": "Completed" if done else "Not Started",
        "Priority": "Normal",
        "TaskSubtype": "ListEmail" if touch.state == "list" else _SUBTYPES[touch.kind],
        "ActivityDate": day_of(at if done else at + 2 * DAY).isoformat(),
        "CompletedDateTime": at * 1000 if done else None,
        "IsClosed": int(done),
    } | _call(dice, touch)
    record_id = sobject_id("Task", ledger.next("Task"))
    ledger.add("Task", record_id, at, at, values | _whom(human) | _by(owner, creator))


def _call(dice: Dice, touch: Touch) -> dict[str, Any]:
    if touch.kind != "call":
        return {}
    talked = touch.way == "in" or dice.chance(0.5)
    return {
        "CallType": "Outbound" if touch.way == "out" else "Inbound",
        "CallDisposition": "Connected" if talked else "No answer",
        "CallDurationInSeconds": dice.between(30, 900) if talked else 0,
    }


def _tell_event(story: Story, ledger: Ledger, dice: Dice, human: Human, touch: Touch) -> None:
    """Booked now, held later: the record's creation is the booking."""
    start, owner = touch.starts or touch.at, user_ids(story.cast.staff)[touch.rep]
    values = {
        "Subject": "Meeting",
        "StartDateTime": start * 1000,
        "EndDateTime": (start + HOUR) * 1000,
        "ActivityDateTime": start * 1000,
        "ActivityDate": day_of(start).isoformat(),
        "DurationInMinutes": 60,
        "EventSubtype": "Event",
        "Location": "Videollamada",
        "ShowAs": "Busy",
    }
    record_id = sobject_id("Event", ledger.next("Event"))
    ledger.add("Event", record_id, touch.at, touch.at, values | _whom(human) | _by(owner, owner))


def _whom(human: Human) -> dict[str, Any]:
    """After a conversion the activities hang on the contact."""
    number = human.person.number
    if human.course.contact_at is None:
        return {"WhoId": sobject_id("Lead", number)}
    return {"WhoId": sobject_id("Contact", number), "AccountId": sobject_id("Account", human.person.company)}


def _by(owner: str, creator: str) -> dict[str, Any]:
    return {"OwnerId": owner, "CreatedById": creator, "LastModifiedById": creator}


def _subject(touch: Touch) -> str:
    return {"call": "Call", "email": "Email: seguimiento", "task": "Preparar propuesta"}[touch.kind]
