"""Companies whose records say something else than usual: what the weights of the product were not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.identity.leads import Teller
from tests.identity.people import Human, Job
from tests.identity.written import dialled

TEAMS: Final = ("equipo", "recepcion1", "oficina2", "team", "norte")
FAIRS: Final = ("Expo Industria", "Web Directo", "Agencia Norte", "Congreso 2024", "Feria Plast")
SAID: Final = 0.85  # of the phones


class TeamMailboxes(Teller):
    """Half of the addresses are those of teams that no table knows."""

    def email(self, human: Human, job: Job, source: str) -> str:
        if self.dice.random() < 0.5:
            return f"{self.dice.choice(TEAMS)}@{job.at.domain}"
        return super().email(human, job, source)


class FairsAsCompany(Teller):
    """Where the company ought to stand, there mostly is the fair or agency that brought the lead."""

    def told(self, human: Human, source: str) -> tuple[str, ...]:
        row = list(super().told(human, source))
        if self.dice.random() < 0.7:
            row[4] = self.dice.choice(FAIRS)
        row[5] = ""
        return tuple(row)


class OneTitle(Teller):
    """Most titles are the form's default."""

    def told(self, human: Human, source: str) -> tuple[str, ...]:
        row = list(super().told(human, source))
        row[6] = self.dice.choice(("", "Lead", "Lead", "Lead", row[6]))
        return tuple(row)


class Switchboards(Teller):
    """Nearly every phone is the company's own."""

    def phone(self, human: Human, job: Job) -> str:
        return dialled(job.at.phone, job.at.land, self.dice) if self.dice.random() < SAID else ""


class OwnPhones(Teller):
    """Nearly every phone is the person's own."""

    def phone(self, human: Human, job: Job) -> str:
        human.mobile = human.mobile or self.crowd.phone(human.land)
        return dialled(human.mobile, human.land, self.dice) if self.dice.random() < SAID else ""


HABITS: Final[Mapping[str, type[Teller]]] = {
    "as usual": Teller, "team mailboxes": TeamMailboxes, "fairs as company": FairsAsCompany, "one title": OneTitle,
    "switchboards": Switchboards, "own phones": OwnPhones,
}  # fmt: skip
