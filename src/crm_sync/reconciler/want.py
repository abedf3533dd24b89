"""What our fields should say about a person, as canonical text: the same in every CRM."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crm_sync.changes import Known, Verdict
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.words import iso

LONGEST = 255  # what a Salesforce text field holds
Values = dict[str, str | None]


def wanted(known: Known, vocabulary: Vocabulary, language: str) -> Mapping[str, str | None]:
    """Our field → value for each field of fields.toml; None: the field should be empty. What is not there is left as it
    is: the SLA of a cycle from before the promise, or of one that is held back."""
    stage = vocabulary.lifecycle.stages[known.stage] if known.stage else None
    values: Values = {
        **({} if known.held_back else sla_values(known.verdict)),
        "stage": known.stage,
        "owner_team": stage.team if stage else None,
        "next_action": known.action.label.in_language(language) if known.action else None,
        "next_action_due_at": instant(known.action.due_at) if known.action else None,
        "source_first": known.source_first,
        "source_last": known.source_last,
        "campaign": known.campaign,
        "last_action": known.last_action,
        "last_action_at": instant(known.last_action_at),
        "person_id": known.person_id,
        "policy_version": (known.verdict and known.verdict.policy_version) or vocabulary.promise.version,
    }
    if known.held_back or (known.verdict and not known.verdict.enforced):
        return {name: fitting(values[name]) for name in vocabulary.fields.ours if name in values}
    return {name: fitting(values.get(name)) for name in vocabulary.fields.ours}


def sla_values(verdict: Verdict | None) -> Values:
    """Empty for people without a cycle, or with one from before the promise."""
    if verdict is None or not verdict.enforced:
        return {}
    return {
        "sla_status": verdict.status,
        "sla_target": verdict.target,
        "sla_started_at": instant(verdict.started_at),
        "sla_due_at": instant(verdict.due_at),
        "first_attempt_at": instant(verdict.attempts[0] if verdict.attempts else None),
        "attempt_count": str(len(verdict.attempts)),
        "attempts_required": None if verdict.attempts_required is None else str(verdict.attempts_required),
        "last_attempt_at": instant(verdict.attempts[-1] if verdict.attempts else None),
        "sla_breach_count": str(verdict.breach_count),
    }


def instant(at: datetime | None) -> str | None:
    return iso(at) if at else None


def fitting(text: str | None) -> str | None:
    """Trimmed as the CRMs trim it, so that what was written reads back equal."""
    return (text or "").strip()[:LONGEST].rstrip() or None
