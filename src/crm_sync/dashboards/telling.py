"""Who is told of something, in words: the same on the boards and on a terminal."""

from __future__ import annotations

from crm_sync.dashboards.words import Words
from crm_sync.reports.escalations import Told


def whom(told: Told, say: Words) -> str:
    """`Luis Mora (owner)`; of whom no name is known, what is missing."""
    role = say.of("role", told.role)
    if told.role == "team_lead":
        role = say("role.team_lead", team=told.team or say("sla.no_team"))
    if told.role == "routing":
        return role
    return f"{told.name or say('role.unknown')} ({role})"
