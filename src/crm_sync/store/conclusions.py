"""A plan's conclusions as rows: people, companies, links, targets, stage entries, credits and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from crm_sync.changes import Compared, Known, KnownCompany, Plan, Review, TargetVerdict, Verdict
from crm_sync.mappings.tables import Label, as_label
from crm_sync.store.cells import clean, dumps, ref_text, storable, texts_to_json
from crm_sync.store.names import folded

Row = dict[str, Any]
BODY = msgspec.json.Encoder(enc_hook=Label.model_dump)
KNOWN = msgspec.json.Decoder(Known, dec_hook=as_label)
COMPANY = msgspec.json.Decoder(KnownCompany)


def body_of(known: Known | KnownCompany) -> str:
    """The whole of it, for `explain`; the columns beside it are for questions."""
    return BODY.encode(known).decode("utf-8")


def known_of(body: str) -> Known:
    return KNOWN.decode(body)


def known_row(known: Known, body: str, digest: str) -> Row:
    return {
        "person_id": known.person_id,
        "name": storable(known.name),
        "email": storable(known.email),
        "company": storable(known.company),
        "stage": known.stage,
        "owner": ref_text(known.owner),
        "owner_email": storable(known.owner_email),
        "source_first": known.source_first,
        "source_last": known.source_last,
        "campaign": storable(known.campaign),
        "last_action": storable(known.last_action),
        "last_action_at": known.last_action_at,
        "records": len(known.refs),
        **sla_cells(known.verdict),
        "folded_name": folded(known.name),
        "body": body,
        "digest": digest,
        "company_id": known.company_id,
        "moves_at": known.moves_at,
        "held_back": known.held_back,
    }


def sla_cells(verdict: Verdict | None) -> Row:
    return {
        "sla_status": verdict.status if verdict else None,
        "sla_target": verdict.target if verdict else None,
        "sla_owner": ref_text(verdict.owner) if verdict else None,
        "sla_started_at": verdict.started_at if verdict else None,
        "sla_ended_at": verdict.ended_at if verdict else None,
        "sla_due_at": verdict.due_at if verdict else None,
        "first_attempt_at": min(verdict.attempts, default=None) if verdict else None,
        "attempts": len(verdict.attempts) if verdict else None,
        "breach_count": verdict.breach_count if verdict else None,
    }


def link_rows(plan: Plan) -> list[Row]:
    return [
        {
            "ref": str(link.ref),
            "record_id": link.ref.id,
            "person_id": link.person_id,
            "because": storable(link.because),
            "other": ref_text(link.other),
            **compared_cells(link.compared),
        }
        for link in plan.links
    ]


def review_rows(plan: Plan) -> Iterator[Row]:
    return map(review_row, plan.reviews)


def company_review_rows(plan: Plan) -> Iterator[Row]:
    return map(review_row, plan.company_reviews)


def review_row(one: Review) -> Row:
    return {"one": str(one.one), "other": str(one.other), **compared_cells(one.compared)}


def compared_cells(compared: Compared | None) -> Row:
    if compared is None:
        return {"score": None, "evidence": None}
    told = [[clean(one.told), round(one.weight, 3)] for one in compared.evidence]
    return {"score": compared.score, "evidence": dumps(told)}


def company_of(body: str) -> KnownCompany:
    return COMPANY.decode(body)


def company_rows(plan: Plan) -> list[Row]:
    return [company_row(company) for company in plan.companies]


def company_row(company: KnownCompany) -> Row:
    said = {one.field: one.value for one in company.golden}
    return {
        "company_id": company.company_id,
        "name": storable(company.name),
        "domain": storable(said.get("domain")),
        "country": storable(said.get("country")),
        "records": len(company.refs),
        "folded_name": folded(company.name),
        "body": body_of(company),
    }


def company_link_rows(plan: Plan) -> list[Row]:
    return [
        {
            "ref": str(one.ref),
            "record_id": one.ref.id,
            "company_id": one.company_id,
            "because": storable(one.because),
            "other": ref_text(one.other),
            **compared_cells(one.compared),
        }
        for one in plan.company_links
    ]


def employer_rows(plan: Plan) -> list[Row]:
    return [
        {
            "ref": str(one.ref),
            "company_id": one.company_id,
            "because": storable(one.because),
            "others": texts_to_json(one.others),
        }
        for one in plan.employers
    ]


def targets_of(people: Iterable[Known]) -> Iterator[tuple[str, Verdict, TargetVerdict]]:
    for known in people:
        for verdict in (*known.earlier, *filter(None, [known.verdict])):
            for target in verdict.targets:
                yield known.person_id, verdict, target


def judged(verdict: Verdict, target: TargetVerdict) -> Row:
    return {
        "target": target.target,
        "state": target.state,
        "due_at": target.due_at,
        "settled_at": target.settled_at,
        "qualified_at": verdict.qualified_at,
        "started_at": verdict.started_at,
        "because": storable(target.because),
    }


def target_rows(people: Iterable[Known]) -> Iterator[Row]:
    for person_id, verdict, target in targets_of(people):
        row = judged(verdict, target)
        row["person_id"], row["ended_at"], row["clock"] = person_id, verdict.ended_at, target.clock
        row["owner"] = ref_text(verdict.owner) if target.clock == "rep" else None  # for the lead's clock no rep answers
        yield row


def stretch_rows(people: Iterable[Known]) -> Iterator[Row]:
    for known in people:
        for verdict in (*known.earlier, *filter(None, [known.verdict])):
            for one in verdict.stretches:
                yield {
                    "person_id": known.person_id,
                    "target": one.target,
                    "owner": str(one.owner),
                    "qualified_at": verdict.qualified_at,
                    "since": one.since,
                    "until": one.until,
                    "state": one.state,
                    "due_at": one.due_at,
                    "settled_at": one.settled_at,
                    "because": storable(one.because),
                }


def entry_rows(people: Iterable[Known]) -> Iterator[Row]:
    for known in people:
        for entry in known.history:
            said = {"stage": entry.stage, "at": entry.at, "ref": str(entry.ref), "because": storable(entry.because)}
            yield {"person_id": known.person_id, **said}


def qualification_rows(people: Iterable[Known]) -> Iterator[Row]:
    for known in people:
        for one in known.qualifications:
            yield {
                "person_id": known.person_id,
                "qualified_at": one.at,
                "started_at": one.started_at,
                "version": one.version,
                "points": one.points,
                "needed": one.needed,
                "band": one.band,
                "persona": one.persona,
                "rules": texts_to_json(one.rules),
                "missed": texts_to_json(one.missed),
            }


def credit_rows(plan: Plan) -> Iterator[Row]:
    for credit in plan.credits:
        earned = {"deal": str(credit.deal), "model": credit.model, "channel": credit.channel, "amount": credit.amount}
        yield {**earned, "touch": ref_text(credit.touch), "person_id": credit.person_id}


def unmapped_rows(plan: Plan) -> Iterator[Row]:
    for word in plan.unmapped:
        said = {"crm": word.crm, "field": word.field, "value": storable(word.value)}
        yield {**said, "count": word.count, "example": str(word.example)}


def unknown_rows(plan: Plan) -> Iterator[Row]:
    return ({"ref": str(ref), "field": field, "value": storable(value)} for ref, field, value in plan.unknowns)


def set_aside_rows(plan: Plan) -> Iterator[Row]:
    return ({"ref": str(record.ref), "reason": storable(record.reason)} for record in plan.set_aside)
