"""The way of one human through the stages: where it began, who owned it, what sales did, how it ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from crm_sync.sandbox.town.calendar import DAY, HOUR, MINUTE
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.pursuit import Ending, chase_of, draw_pursuit, draw_touch
from crm_sync.sandbox.town.story import BOTH, HUBSPOT, QUEUE, SALESFORCE, UNMAPPED, Course, Rep, Said, Touch

#: What kinds of people live in the town, per hundred.
PLOTS: Final = {
    "subscriber": 9,
    "lead": 26,
    "crossed": 4,
    "handed_over": 25,
    "small_business": 9,
    "list": 11,
    "list_worked": 7,
    "cold": 5,
    "partner": 3,
    "odd": 1,
}
_SPAN = 118 * DAY

Drawn = tuple[Course, tuple[Touch, ...]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What every course needs: chance, who works here, and until when things happen."""

    dice: Dice
    reps: tuple[Rep, ...]
    last: int
    delay: int

    @property
    def first(self) -> int:
        """Nobody was known before."""
        return self.last - _SPAN - DAY

    def moment(self) -> int:
        """When somebody becomes interesting: mostly in working hours, often lately, now and then today."""
        low = self.last - self.dice.weighted({_SPAN: 70, 15 * DAY: 25, 9 * HOUR: 5})
        draw = self.dice.office if self.dice.chance(0.75) else self.dice.between
        return draw(low, self.last - 5 * MINUTE)

    def rep(self) -> str:
        return self.dice.pick(self.reps).key

    def mate(self, key: str) -> str:
        """Another rep of the same team."""
        team = next(one.team for one in self.reps if one.key == key)
        return self.dice.pick([one.key for one in self.reps if one.team == team and one.key != key])


def draw_course(setting: Setting, plot: str) -> Drawn:
    """A course of this plot, with its touches."""
    return _PLOTS[plot](setting)


def _subscriber(setting: Setting) -> Drawn:
    born = setting.moment()
    return Course(HUBSPOT, born, (Said(born, "subscriber", HUBSPOT),), delay=setting.delay), ()


def _lead(setting: Setting) -> Drawn:
    """Known to marketing alone; some were owned or turned away there."""
    dice, born = setting.dice, setting.moment()
    stages = [Said(born, "lead", HUBSPOT)]
    if dice.chance(0.3):
        stages = [Said(born, "subscriber", HUBSPOT), Said(dice.between(born + HOUR, born + 9 * DAY), "lead", HUBSPOT)]
    out = dice.between(stages[-1].at + HOUR, stages[-1].at + 20 * DAY)
    reason = None
    if dice.chance(0.05):
        stages.append(Said(out, dice.pick(("disqualified", "recycled")), HUBSPOT))
        reason = "no_fit"
    owners = (Said(born, setting.rep(), HUBSPOT),) if dice.chance(0.2) else ()
    told = tuple(one for one in stages if one.at <= setting.last)
    return Course(HUBSPOT, born, told, owners, reason=reason if len(told) == len(stages) else None), ()


def _crossed(setting: Setting) -> Drawn:
    """In both CRMs by different doors; nothing but the address or the number says that it is one human."""
    dice, born = setting.dice, setting.moment()
    lead_at = dice.between(born + HOUR, setting.last)
    stages = (Said(born, dice.pick(("subscriber", "lead")), HUBSPOT), Said(lead_at, "lead", SALESFORCE))
    owners = (Said(lead_at, setting.rep(), SALESFORCE),)
    # Nothing passes between the two records, so neither CRM ever hears of the other's: no delay.
    return Course(BOTH, born, stages, owners, lead_at, unlinked=dice.pick(("email", "phone"))), ()


def _handed_over(setting: Setting) -> Drawn:
    """Marketing qualifies in HubSpot, sales works in Salesforce."""
    dice, mql = setting.dice, setting.moment()
    born = max(setting.first, mql - dice.between(HOUR, 25 * DAY))
    stages = [Said(born, "lead", HUBSPOT), Said(mql, "mql", HUBSPOT)]
    routing = dice.weighted({"direct": 52, "queue": 27, "owned": 10, "nobody": 11})
    rep, lead_at = setting.rep(), mql + setting.delay
    owners: list[Said] = []
    if routing == "direct":
        owners = [Said(mql + dice.between(30, 480), rep, HUBSPOT)]
        lead_at = owners[0].at + setting.delay
    elif routing == "owned":
        owners = [Said(born, rep, HUBSPOT)]
    else:
        owners = [Said(lead_at, QUEUE, SALESFORCE)]
        if routing == "queue":
            owners.append(Said(lead_at + dice.between(12 * MINUTE, DAY), rep, SALESFORCE))
    first = "mql" if dice.chance(0.7) else "lead"
    unlinked = dice.pick(("email", "phone")) if dice.chance(0.06) else ""
    base = Course(BOTH, born, tuple(stages), tuple(owners), lead_at, first, delay=setting.delay, unlinked=unlinked)
    if routing == "nobody":
        return base, ()
    return _worked(setting, base, max(mql, owners[-1].at), rep)


def _small_business(setting: Setting) -> Drawn:
    """Qualified and worked in HubSpot."""
    dice, mql = setting.dice, setting.moment()
    born = max(setting.first, mql - dice.between(HOUR, 25 * DAY))
    rep = setting.rep()
    routing = dice.weighted({"direct": 72, "owned": 14, "nobody": 14})
    owned_at = born if routing == "owned" else mql + dice.between(2 * MINUTE, 6 * HOUR)
    owners = (Said(owned_at, rep, HUBSPOT),) if routing != "nobody" else ()
    stages = (Said(born, "lead", HUBSPOT), Said(mql, "mql", HUBSPOT))
    base = Course(HUBSPOT, born, stages, owners, delay=setting.delay)
    return _worked(setting, base, max(mql, owned_at), rep) if owners else (base, ())


def _list(setting: Setting) -> Drawn:
    """A name on a list in Salesforce: seldom called, sometimes closed, sometimes with a word nobody knows."""
    dice, born = setting.dice, setting.moment()
    rep = setting.rep()
    owner = QUEUE if dice.chance(0.35) else rep
    unmapped = dice.chance(0.07)
    stages = [] if unmapped else [Said(born, "lead", SALESFORCE)]
    reason, out = None, dice.between(born + HOUR, born + 30 * DAY)
    if not unmapped and owner != QUEUE and out <= setting.last and dice.chance(0.2):
        stages.append(Said(out, "disqualified", SALESFORCE))
        reason = "no_answer"
    course = Course(
        SALESFORCE,
        born,
        tuple(stages),
        (Said(born, owner, SALESFORCE),),
        born,
        UNMAPPED if unmapped else "lead",
        reason=reason,
    )
    called = owner != QUEUE and dice.chance(0.3)
    at = dice.office(born, min(setting.last, born + 10 * DAY))
    return course, (draw_touch(dice, at, SALESFORCE, rep),) if called else ()


def _list_worked(setting: Setting) -> Drawn:
    """Salesforce alone: qualified at creation, or later, or taken up by a rep without any qualification."""
    dice, start = setting.dice, setting.moment()
    rep, kind = setting.rep(), dice.weighted({"at_once": 40, "later": 35, "taken": 25})
    born = start if kind == "at_once" else start - dice.between(HOUR, 9 * DAY)
    owners = (Said(born, rep, SALESFORCE),)
    if kind == "at_once":
        base = Course(SALESFORCE, born, (Said(born, "mql", SALESFORCE),), owners, born, "mql")
    else:
        stages = (Said(born, "lead", SALESFORCE), Said(start, "mql" if kind == "later" else "sal", SALESFORCE))
        base = Course(SALESFORCE, born, stages, owners, born)
    return _worked(setting, base, start, rep)


def _cold(setting: Setting) -> Drawn:
    """A cold call that became a deal without ever being qualified."""
    dice, born = setting.dice, setting.moment()
    rep, contact_at = setting.rep(), dice.between(born + HOUR, born + 15 * DAY)
    stages = [Said(born, "lead", SALESFORCE)]
    converted = contact_at <= setting.last
    if converted:
        stages.append(Said(contact_at, "sql", SALESFORCE))
    touch = draw_touch(dice, dice.office(born, min(contact_at, setting.last)), SALESFORCE, rep, kind="call")
    owners = (Said(born, rep, SALESFORCE),)
    return Course(SALESFORCE, born, tuple(stages), owners, born, contact_at=contact_at if converted else None), (touch,)


def _partner(setting: Setting) -> Drawn:
    """A Salesforce contact that never was a lead: no stage at all."""
    born = setting.moment()
    return Course(SALESFORCE, born, (), (Said(born, setting.rep(), SALESFORCE),), contact_at=born), ()


def _odd(setting: Setting) -> Drawn:
    """A HubSpot contact whose lifecycle word is no stage."""
    return Course(HUBSPOT, setting.moment(), odd=setting.dice.pick(("other", "148201733"))), ()


_PLOTS: Final = {
    "subscriber": _subscriber,
    "lead": _lead,
    "crossed": _crossed,
    "handed_over": _handed_over,
    "small_business": _small_business,
    "list": _list,
    "list_worked": _list_worked,
    "cold": _cold,
    "partner": _partner,
    "odd": _odd,
}


def _worked(setting: Setting, base: Course, start: int, rep: str) -> Drawn:
    """One cycle, or two with a recycling between them."""
    dice = setting.dice
    if start > setting.last:
        return replace(base, owners=tuple(one for one in base.owners if one.at <= setting.last)), ()
    again = dice.chance(0.09) and setting.last - start > 30 * DAY
    touches, ending = draw_pursuit(dice, chase_of(start, setting.last, base.home, rep), recycle=again)
    course = ended(setting, base, ending, touches)
    if again and ending is not None:
        back = dice.between(ending.at + 2 * DAY, ending.at + 20 * DAY)
        if back < setting.last - HOUR:
            more, second = draw_pursuit(dice, chase_of(back, setting.last, base.home, rep))
            where = HUBSPOT if base.home == BOTH else base.home
            said = (*course.stages, Said(back, "mql", where))
            course = ended(setting, replace(course, stages=said, reason=None), second, more)
            touches = (*touches, *more)
    elif dice.chance(0.07):
        course = _passed_on(setting, course, start, ending, rep)
    if dice.chance(0.04) and (ending is None or again):
        course = replace(course, opted_out=True)
    return course, touches


def ended(setting: Setting, course: Course, ending: Ending | None, touches: tuple[Touch, ...]) -> Course:
    """What the stages say once sales has accepted, and once the cycle has ended."""
    dice = setting.dice
    worked_in = HUBSPOT if course.home == HUBSPOT else SALESFORCE
    stages = list(course.stages)
    made = [one.at for one in touches if one.way == "out" and one.state == "done"]
    if worked_in == SALESFORCE and made and stages[-1].what != "sal" and dice.chance(0.6):
        accepted = (
            max(min(made), stages[-1].at, course.lead_at or 0) + dice.between(2 * MINUTE, 20 * MINUTE) + setting.delay
        )
        if accepted < (ending.at if ending else setting.last):
            stages.append(Said(accepted, "sal", SALESFORCE))
    contact_at = None
    if ending is not None:
        stages.append(Said(ending.at, "sql" if ending.kind == "forward" else ending.kind, worked_in))
        if ending.kind == "forward" and worked_in == SALESFORCE:
            contact_at = _converted(setting, ending)
    reason = ending.reason if ending else course.reason
    return replace(course, stages=tuple(stages), reason=reason, contact_at=contact_at or course.contact_at)


def _converted(setting: Setting, ending: Ending) -> int | None:
    """Most leads are converted when they are qualified; the others later, or not yet."""
    dice = setting.dice
    at = ending.at if dice.chance(0.7) else ending.at + dice.between(HOUR, 5 * DAY)
    return at if at <= setting.last else None


def _passed_on(setting: Setting, course: Course, start: int, ending: Ending | None, rep: str) -> Course:
    """Another rep of the team takes over in the middle; the clock does not start again."""
    at = start + setting.dice.between(2 * HOUR, 3 * DAY)
    if at > (ending.at if ending else setting.last) - HOUR:
        return course
    where = HUBSPOT if course.home == HUBSPOT else SALESFORCE
    return replace(course, owners=(*course.owners, Said(at, setting.mate(rep), where)))
