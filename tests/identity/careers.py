"""Leads of another make than those of leads.py: what happens to people comes first, and what stands in a record depends
on who wrote it down. `python -m tests.identity.careers FILE ROWS --seed N`.

People are hired, move on, marry, and hand their mailboxes and phones to whoever follows; companies are small and large,
families work together, and two people have one name as often as names are common, or more often. A form, a rep, a list,
a call and a copy from the other CRM each leave out and get wrong something else. How often all that happens is drawn
anew for each seed (`Habits`): what holds in all such worlds is not a habit of whoever made them up.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from math import exp, log
from pathlib import Path
from typing import Final, NamedTuple

from tests.identity import leads
from tests.identity.leads import BEGIN, COLUMNS, ROLES, TAGS, Kind
from tests.identity.names import CODES, COMPANY_FIRST, COMPANY_SECOND, LANDS, NICKNAMES, SYLLABLES, TITLES, Names
from tests.identity.people import FREE, YEARS
from tests.identity.written import dialled, mistyped, plain, unaccented

PATTERNS: Final = ("f.l", "f.l", "f.l", "il", "il", "i.l", "f", "f", "fl", "f_l", "li", "l.f", "f.l.m")
OFTEN: Final = 0.75  # somebody who likes his short form, or one of his names


class Habits(NamedTuple):
    """Of one world: shares from 0 to 1 where nothing else is said."""

    rare: float  # surnames that hardly anybody else has
    crowded: float  # people for each company
    tail: float  # how unlike in size companies are: the less, the more
    stay: float  # years in a job
    keeps_phone: float  # who moves takes his mobile along
    same_town: float  # who moves looks for an office in his town
    no_domain: float
    second_domain: float
    one_brand: float  # companies with the name of another
    relatives: float  # of the hired
    named_alike: float  # of relatives: the same given name
    namesakes: float  # the name of somebody else anywhere
    twins: float  # the name of a colleague
    follows: float  # of the hired: in the place of somebody who left
    inherits: float  # of those: the mailbox
    second_mailbox: float
    private: float
    role: float
    tagged: float
    slip_mail: float
    slip_name: float
    slip_phone: float
    swapped: float
    joined: float
    half: float
    initial: float
    short: float  # of who has a short form: likes it
    two_surnames: float  # of who has two: says both
    marries: float
    foreign: float
    said_otherwise: float  # the company's name
    title_otherwise: float
    elsewhere: float  # another city than that of the office
    lost: float  # how much more, or less, is left out than usual: about 1
    copies: float
    lists: float
    reps: float
    calls: float
    undated: float
    borrowed: float  # somebody else's phone
    nowhere: float  # a phone that is none


#: Between what each is drawn, a half as likely as a double.
RANGES: Final = {
    "rare": (0.02, 0.5), "crowded": (1.8, 8), "tail": (0.9, 1.5), "stay": (2.5, 9), "keeps_phone": (0.35, 0.95),
    "same_town": (0.1, 0.9), "no_domain": (0.03, 0.3), "second_domain": (0.02, 0.1), "one_brand": (0.005, 0.06),
    "relatives": (0.02, 0.12), "named_alike": (0.01, 0.12), "namesakes": (0.005, 0.1), "twins": (0.0005, 0.015),
    "follows": (0.05, 0.3), "inherits": (0.03, 0.4), "second_mailbox": (0.03, 0.15), "private": (0.05, 0.25),
    "role": (0.02, 0.09), "tagged": (0.005, 0.04), "slip_mail": (0.005, 0.03), "slip_name": (0.02, 0.09),
    "slip_phone": (0.005, 0.03), "swapped": (0.006, 0.04), "joined": (0.003, 0.02), "half": (0.008, 0.05),
    "initial": (0.01, 0.12), "short": (0.15, 0.6), "two_surnames": (0.2, 0.7), "marries": (0.01, 0.1),
    "foreign": (0.02, 0.15), "said_otherwise": (0.1, 0.45), "title_otherwise": (0.15, 0.6), "elsewhere": (0.03, 0.35),
    "lost": (0.7, 1.35), "copies": (0.02, 0.15), "lists": (0.1, 0.35), "reps": (0.15, 0.4), "calls": (0.05, 0.25),
    "undated": (0.02, 0.5), "borrowed": (0.002, 0.02), "nowhere": (0.001, 0.01),
}  # fmt: skip


class Channel(NamedTuple):
    """What it leaves out, and how often it takes the mobile, or the direct line, rather than the switchboard."""

    mail: float
    phone: float
    company: float
    title: float
    city: float
    private: float  # times
    slips: float  # times
    mobile: float
    direct: float


CHANNELS: Final = {
    "form": Channel(0.08, 0.5, 0.08, 0.4, 0.45, 1.6, 1.2, 0.6, 0.15),
    "rep": Channel(0.28, 0.28, 0.03, 0.22, 0.3, 0.5, 1.0, 0.4, 0.25),
    "list": Channel(0.45, 0.45, 0.03, 0.15, 0.2, 0.4, 0.7, 0.15, 0.2),
    "call": Channel(0.65, 0.1, 0.25, 0.6, 0.5, 1.2, 1.5, 0.5, 0.2),
}


@dataclass(slots=True, eq=False)
class Firm:
    """`words` of its name; `left`: who does not work there any more."""

    name: str
    words: list[str]
    suffix: str
    land: str
    size: float
    domains: list[str]
    pattern: str
    offices: list[tuple[str, str]]  # city and switchboard
    boxes: dict[str, float] = field(default_factory=dict)  # until when each is somebody's
    staff: list[Post] = field(default_factory=list)
    left: list[Post] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Post:
    """Somebody at a company, from `begun` to `ended`: years since BEGIN."""

    who: Soul
    at: Firm
    begun: float
    ended: float
    city: str
    switchboard: str
    mobile: str
    direct: str | None
    boxes: list[str]
    titles: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Soul:
    """A human being. `maiden`: until when, and under which surnames; `slips`: times as many as others have; `home`: the
    phone that a family shares."""

    number: int
    land: str
    sex: int
    given: str
    surnames: list[str]
    city: str
    maiden: tuple[float, list[str]] | None
    likes_short: float
    likes_first: float
    likes_both: float
    slips: float
    private: list[str]
    posts: list[Post] = field(default_factory=list)
    home: str | None = None


def careers(rows: int, seed: int) -> Iterator[tuple[str, ...]]:
    """About `rows` records in the order of COLUMNS."""
    dice = random.Random(f"careers {seed}")
    world = World(max(20, int(rows / 1.72)), drawn(dice), dice)
    told = [(soul, record) for soul in world.souls for record in world.records(soul)]
    dice.shuffle(told)
    for number, (soul, (source, *cells)) in enumerate(told[:rows]):
        yield (f"{source[0]}-{number}", source, *cells, str(soul.number))


def drawn(dice: random.Random) -> Habits:
    ends = (RANGES[name] for name in Habits._fields)
    return Habits(*(exp(dice.uniform(log(low), log(high))) for low, high in ends))


class World:
    def __init__(self, people: int, habits: Habits, dice: random.Random) -> None:
        self.has, self.dice, self.names = habits, dice, Names(dice, habits.rare)
        self.lands = list(itertools.accumulate(dice.expovariate(1) ** 2 * LANDS[code].weight for code in CODES))
        self.domains: set[str] = set()
        self.private: set[str] = set()
        self.firms: dict[str, list[Firm]] = {code: [] for code in CODES}
        self.sizes: dict[str, list[float]] = {}
        for _ in range(max(10, int(people / habits.crowded))):
            firm = self.firm(people)
            self.firms[firm.land].append(firm)
        for code in CODES:
            self.firms[code] = self.firms[code] or [self.firm(people, code)]
            self.sizes[code] = list(itertools.accumulate(firm.size for firm in self.firms[code]))
        forms = 1 - habits.lists - habits.reps - habits.calls
        self.channels = list(itertools.accumulate((forms, habits.reps, habits.lists, habits.calls)))
        self.souls: list[Soul] = []
        for number in range(people):
            self.souls.append(self.soul(number))

    def happens(self, share: float) -> bool:
        return self.dice.random() < share

    # ---- companies

    def land(self) -> str:
        return self.dice.choices(CODES, cum_weights=self.lands)[0]

    def firm(self, people: int, land: str = "") -> Firm:
        dice, land = self.dice, land or self.land()
        size = min(dice.paretovariate(self.has.tail), 0.6 * people**0.5)
        others = self.firms[land]
        words = dice.choice(others).words if others and self.happens(self.has.one_brand) else self.words(land)
        domains: list[str] = []
        if size > 3 or not self.happens(self.has.no_domain):
            domains.append(self.domain(words, land))
            if self.happens(self.has.second_domain):
                domains.append(self.domain(words, land))
        offices = [(dice.choice(LANDS[land].cities), self.number(land)) for _ in range(1 + min(4, int(size / 8)))]
        pattern = dice.choice(PATTERNS if size > 3 else ("f", "f", "f", *PATTERNS))
        return Firm(" ".join(words), words, dice.choice(LANDS[land].suffixes), land, size, domains, pattern, offices)

    def words(self, land: str) -> list[str]:
        dice, kind = self.dice, self.dice.random()
        if kind < 0.3:
            return [dice.choice(COMPANY_FIRST), dice.choice(COMPANY_SECOND)]
        if kind < 0.5:
            return [self.names.surname(land), dice.choice(COMPANY_SECOND)]
        if kind < 0.6:
            return [self.names.surname(land), "&", self.names.surname(land)]
        if kind < 0.8:
            return [self.names.invented(dice.choice((2, 3)))]
        return [self.names.invented(dice.choice((2, 3))), dice.choice(COMPANY_SECOND)]

    def domain(self, words: list[str], land: str) -> str:
        dice, parts = self.dice, [plain(word) for word in words if plain(word)]
        roots = ["".join(parts)] * 4 + ["-".join(parts), parts[0], "".join(part[0] for part in parts[:-1]) + parts[-1]]
        root = dice.choice(roots)
        while (made := root + dice.choice(LANDS[land].domains)) in self.domains:
            root = dice.choice(roots) + dice.choice(("", "group", "online", str(dice.randrange(1000))))
        self.domains.add(made)
        return made

    def number(self, land: str, block: str = "") -> str:
        """`block`: the switchboard, of whose numbers it is one."""
        about, dice = LANDS[land], self.dice
        if block:
            return block[:-3] + "".join(dice.choices("0123456789", k=3))
        return about.code + dice.choice(about.firsts) + "".join(dice.choices("0123456789", k=about.digits - 1))

    # ---- people

    def soul(self, number: int) -> Soul:
        dice, has = self.dice, self.has
        land, firm, like, follows = self.land(), None, None, None
        kind = dice.random()
        if self.souls and kind < has.relatives + has.namesakes + has.twins:
            like = dice.choice(self.souls)
            land = like.land
            if kind < has.relatives + has.twins:
                firm = like.posts[0].at
        elif kind < has.relatives + has.namesakes + has.twins + has.follows:
            leaving = self.somewhere(land)
            follows = dice.choice(leaving.left) if leaving.left else None
        origin = land if not self.happens(has.foreign) else self.land()
        two, sex = LANDS[land].two_surnames, dice.randrange(2)
        given = self.names.given(origin, sex)
        if two and self.happens(0.2) and " " not in given:
            given += f" {self.names.given(origin, sex)}"
        surnames = [self.names.surname(origin) for _ in range(2 if two else 1)]
        if like:
            surnames[0] = like.surnames[0]
            if firm and two and len(like.surnames) > 1 and self.happens(0.5):
                surnames[1] = like.surnames[1]
            if kind >= has.relatives or self.happens(has.named_alike):
                given, sex = like.given, like.sex
        maiden = (dice.uniform(0, YEARS), [self.names.surname(origin)]) if sex and self.happens(has.marries) else None
        made = Soul(
            number, land, sex, given, surnames, dice.choice(LANDS[land].cities), maiden,
            OFTEN if self.happens(has.short) else 0.05, dice.choice((0.1, 0.4, 0.9)),
            dice.choice((has.two_surnames, has.two_surnames, 0.05, 0.95)), dice.choice((0.4, 1, 1, 2.2)), [],
        )  # fmt: skip
        self.work(made, firm, follows)
        if firm and like and firm.size < 4 and kind < has.relatives and self.happens(0.5):
            like.home = made.home = like.home or self.number(land)
        return made

    def somewhere(self, land: str) -> Firm:
        sizes = self.sizes[land]
        return self.firms[land][bisect(sizes, self.dice.random() * sizes[-1])]

    def some(self, land: str) -> Iterator[Firm]:
        return (self.somewhere(land) for _ in range(12))

    def work(self, made: Soul, firm: Firm | None, follows: Post | None) -> None:
        dice, has = self.dice, self.has
        begun, mobile = -dice.expovariate(1 / has.stay), self.number(made.land)
        if follows:
            firm, begun = follows.at, follows.ended + dice.uniform(0.05, 0.8)
        while begun < YEARS or not made.posts:
            at = firm if firm and not made.posts else self.somewhere(made.land)
            if made.posts and self.happens(has.same_town):
                at = next((one for one in self.some(made.land) if made.city in dict(one.offices)), at)
            ended = begun + 0.25 + dice.expovariate(1 / has.stay)
            if ended > 0:
                if made.posts and not self.happens(has.keeps_phone):
                    mobile = self.number(made.land)
                made.posts.append(self.post(made, at, begun, ended, mobile, None if made.posts else follows))
                mobile = made.posts[-1].mobile
            begun = ended + dice.choice((0, 0.05, 0.2))

    def post(self, who: Soul, at: Firm, begun: float, ended: float, mobile: str, follows: Post | None) -> Post:
        dice, has = self.dice, self.has
        near = [office for office in at.offices if office[0] == who.city]
        city, switchboard = near[0] if near else at.offices[0] if self.happens(0.6) else dice.choice(at.offices)
        who.city = city if not who.posts and self.happens(0.85) else who.city
        direct = self.number(at.land, switchboard) if self.happens(0.45 if at.size > 3 else 0.15) else None
        titles = who.posts[-1].titles if who.posts and self.happens(0.5) else dice.choice(TITLES)
        boxes = []
        if at.domains:
            boxes.append(self.box(who, at, at.pattern, begun, ended))
            if self.happens(has.second_mailbox):
                boxes.append(self.box(who, at, dice.choice(PATTERNS), begun, ended))
        if follows:
            titles = follows.titles if self.happens(0.7) else titles
            direct = follows.direct if self.happens(0.6) else direct
            mobile = follows.mobile if self.happens(0.2 * (1 - has.keeps_phone)) else mobile
            if boxes and follows.boxes and self.happens(has.inherits):
                boxes[0] = follows.boxes[0]
        made = Post(who, at, begun, ended, city, switchboard, mobile, direct, boxes, titles)
        at.staff.append(made)
        if ended < YEARS:
            at.left.append(made)
        return made

    def box(self, who: Soul, at: Firm, pattern: str, begun: float, ended: float) -> str:
        """Somebody else's, when he has been gone for a while; another one else."""
        dice, (first, last, more) = self.dice, self.parts(who)
        made = {
            "f.l": f"{first}.{last}", "il": first[:1] + last, "i.l": f"{first[:1]}.{last}", "f": first,
            "fl": first + last, "f_l": f"{first}_{last}", "li": last + first[:1], "l.f": f"{last}.{first}",
            "f.l.m": f"{first}.{last}.{more}" if more else f"{first}.{last}",
        }[pattern]  # fmt: skip
        others = [f"{made}{more[:1]}", f"{made}.{more}"] if more else [f"{first}.{last}", f"{made}{first[1:2]}"]
        for one in itertools.chain([made], others, (f"{made}{number}" for number in itertools.count(2))):
            until = at.boxes.get(one)
            if until is None or (until + 0.1 < begun and dice.random() < self.has.inherits):
                at.boxes[one] = ended
                return one
        raise AssertionError("numbers do not end")

    def parts(self, who: Soul) -> tuple[str, str, str]:
        first, last = plain(who.given.split()[0]), plain(who.surnames[0])
        return first, last, plain(who.surnames[1]) if len(who.surnames) > 1 else ""

    def mailbox_at_home(self, who: Soul) -> str:
        dice, (first, last, _) = self.dice, self.parts(who)
        if self.happens(0.15):
            local = "".join(dice.choice(SYLLABLES) for _ in range(3))
        else:
            local = dice.choice((f"{first}.{last}", first + last, first[:1] + last, last + first, f"{first}_{last}"))
            local += dice.choice(("", "", str(dice.randrange(1, 99)), str(dice.randrange(1960, 2003))))
        host = dice.choice(FREE)
        while (made := f"{local}@{host}") in self.private:
            local += str(dice.randrange(10))
        self.private.add(made)
        return made

    # ---- records

    def records(self, who: Soul) -> Iterator[tuple[str, ...]]:
        """Of each its source and cells, without `id` and `truth`."""
        dice, has = self.dice, self.has
        count = dice.choices((1, 2, 3, 4, 5), cum_weights=(0.53, 0.82, 0.935, 0.98, 1.0))[0]
        days = sorted(dice.uniform(max(0.0, who.posts[0].begun), YEARS) for _ in range(count))
        if count > 1 and self.happens(0.5):
            days[1] = min(YEARS, days[0] + dice.expovariate(8))
        source, before = dice.choice(("hubspot", "salesforce")), None
        for day in days:
            if before and self.happens(0.65):
                source = "salesforce" if source == "hubspot" else "hubspot"
            if before and self.happens(has.copies):
                cells = self.copied(before)
            else:
                cells = self.told(who, day, dice.choices(tuple(CHANNELS), cum_weights=self.channels)[0])
            before = cells
            seen = dice.uniform(0, YEARS) if self.happens(has.undated) else day
            yield (source, *cells, f"{BEGIN + timedelta(days=365 * seen):%Y-%m-%dT%H:%M:%S}")

    def copied(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """By an integration, which carries over less."""
        lost = (0.0, 0.0, 0.1, 0.25, 0.05, 0.4, 0.3, 0.3, 0.2)
        return tuple("" if self.happens(share) else cell for cell, share in zip(cells, lost, strict=True))

    def told(self, who: Soul, day: float, channel_name: str) -> tuple[str, ...]:
        dice, has, channel = self.dice, self.has, CHANNELS[channel_name]
        post = next((one for one in reversed(who.posts) if one.begun <= day), who.posts[0])
        slips = who.slips * channel.slips
        first, last = self.name(who, day, slips)
        mail, at_work = "", False
        if not self.lost(channel.mail):
            mail, at_work = self.mail(who, post, channel, slips)
        phone = "" if self.lost(channel.phone) else self.phone(who, post, channel, slips)
        company = "" if self.lost(channel.company) else self.company(post.at, slips)
        domain = ""
        if at_work and self.happens(0.5):
            domain = mail.partition("@")[2].lower()
        elif post.at.domains and self.happens(0.2):
            domain = post.at.domains[0]
        title = ""
        if not self.lost(channel.title):
            title = dice.choice(post.titles) if self.happens(has.title_otherwise) else post.titles[0]
        city = ""
        if not self.lost(channel.city):
            city = post.city if not self.happens(has.elsewhere) else dice.choice((who.city, *LANDS[who.land].cities))
        country = dice.choice(LANDS[who.land].spellings) if not self.lost(0.16) else ""
        if not (mail or phone or (first and last)):
            mail = (post.boxes and f"{post.boxes[0]}@{post.at.domains[0]}") or self.mailbox_at_home(who)
        return first, last, mail, phone, company, domain, title, city, country

    def lost(self, share: float) -> bool:
        return self.happens(min(0.9, share * self.has.lost))

    def name(self, who: Soul, day: float, slips: float) -> tuple[str, str]:
        dice, has, given = self.dice, self.has, who.given
        parts = given.split()
        if plain(parts[0]) in NICKNAMES and self.happens(who.likes_short):
            given = dice.choice(NICKNAMES[plain(parts[0])])
        elif self.happens(has.initial):
            given = given[0] + dice.choice(("", "."))
        elif len(parts) > 1 and self.happens(who.likes_first):
            given = parts[0]
        surnames = who.maiden[1] if who.maiden and day < who.maiden[0] else who.surnames
        if len(surnames) > 1 and not self.happens(who.likes_both):
            surnames = surnames[:1] if self.happens(0.985) else surnames[1:]
        surname = dice.choice((" ", " ", " ", " ", "-")).join(surnames)
        if self.happens(0.35):
            given, surname = unaccented(given), unaccented(surname)
        if self.happens(has.slip_name * slips):
            if self.happens(0.4):
                given = mistyped(given, dice)
            else:
                surname = mistyped(surname, dice)
        if self.happens(0.1):
            given, surname = (given.upper(), surname.upper()) if self.happens(0.5) else (given.lower(), surname.lower())
        kind = dice.random() / slips
        if kind < has.swapped:
            return surname, given
        if kind < has.swapped + has.joined:
            return (f"{given} {surname}", "") if self.happens(0.6) else ("", f"{given} {surname}")
        if kind < has.swapped + has.joined + has.half:
            return ("", surname) if self.happens(0.6) else (given, "")
        return given, surname

    def mail(self, who: Soul, post: Post, channel: Channel, slips: float) -> tuple[str, bool]:
        dice, has = self.dice, self.has
        at_work = bool(post.boxes)
        if at_work and self.happens(has.role):
            return f"{dice.choice(ROLES)}@{post.at.domains[0]}", True
        if not at_work or self.happens(min(0.9, has.private * channel.private)):
            if not who.private or (len(who.private) < 2 and self.happens(0.06)):
                who.private.append(self.mailbox_at_home(who))
            local, _, host = dice.choice(who.private).partition("@")
            at_work = False
        else:
            local = post.boxes[0] if self.happens(0.6) else dice.choice(post.boxes)
            host = post.at.domains[0] if self.happens(0.65) else dice.choice(post.at.domains)
        if self.happens(has.tagged):
            local += f"+{dice.choice(TAGS)}"
        if self.happens(has.slip_mail * slips):
            local, host = (mistyped(local, dice), host) if self.happens(0.6) else (local, mistyped(host, dice))
        mail = f"{local}@{host}"
        return (mail.upper() if self.happens(0.3) else mail.capitalize()) if self.happens(0.05) else mail, at_work

    def phone(self, who: Soul, post: Post, channel: Channel, slips: float) -> str:
        dice, has, kind = self.dice, self.has, self.dice.random()
        if self.happens(has.nowhere):
            return dice.choice(("000000000", "123456789", "999999999", "5555555555", "-"))
        number, land = post.switchboard, post.at.land
        if who.home and self.happens(0.4):
            number, land = who.home, who.land
        elif kind < channel.mobile or not post.at.domains:
            number, land = post.mobile, who.land
        elif kind < channel.mobile + channel.direct and post.direct:
            number = post.direct
        if self.happens(has.borrowed):
            other = dice.choice(post.at.staff)
            number, land = other.mobile, other.who.land
        written = dialled(number, land, dice)
        if number == post.switchboard and self.happens(0.12):
            written += dice.choice((" ext. ", " x", " ext ")) + str(dice.randrange(10, 500))
        return mistyped(written, dice) if self.happens(has.slip_phone * slips) else written

    def company(self, at: Firm, slips: float) -> str:
        dice, has, name = self.dice, self.has, at.name
        if self.happens(has.said_otherwise):
            kind = dice.random()
            if kind < 0.25 and len(at.words) > 1:
                name = at.words[0]
            elif kind < 0.4:
                name += " " + dice.choice((LANDS[at.land].spellings[0], at.offices[0][0], "Group"))
            elif kind < 0.55 and at.domains:
                name = at.domains[0] if self.happens(0.4) else at.domains[0].split(".")[0].capitalize()
            elif kind < 0.7 and len(at.words) > 1:
                name = "".join(word[0] for word in at.words if word != "&").upper()
            elif kind < 0.8:
                name = name.replace(" ", "")
            elif kind < 0.9:
                name = name.replace("&", "y") if "&" in at.words else f"Grupo {name}"
        if self.happens(0.35):
            name += dice.choice((" ", " ", ", ")) + at.suffix
        if self.happens(0.02 * slips):
            name = mistyped(name, dice)
        if self.happens(0.3):
            name = unaccented(name)
        return (name.upper() if self.happens(0.7) else name.lower()) if self.happens(0.1) else name


def write(file: Path, rows: int, seed: int, kind: Kind | None = None) -> None:
    """Leads of a kind, as leads.py makes them; without one, of careers."""
    if kind:
        return leads.write(file, rows, seed, kind)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        writer.writerows(careers(rows, seed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Labelled leads of two CRMs as CSV; every seed has its own habits.")
    parser.add_argument("file", type=Path)
    parser.add_argument("rows", type=int)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write(asked.file, asked.rows, asked.seed)
