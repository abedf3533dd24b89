"""The matching from the last plan to the next: follows what changed, or is made anew when that is due."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

import pyarrow as pa

from crm_sync.reconciler.dedupe.kept.follow import Named, News, follow
from crm_sync.reconciler.dedupe.kept.kept import Kept, kept_of
from crm_sync.reconciler.dedupe.matching import chain, features, whole
from crm_sync.reconciler.dedupe.matching.clusters import Decided
from crm_sync.reconciler.dedupe.matching.match import Matched, Matcher
from crm_sync.reconciler.dedupe.matching.statistics import Statistics


@dataclass(slots=True)
class Memory:
    """`made_by` is a digest of the words, weights and questions that `kept` was made with, `made_at` when that was, and
    `mark` stands for that one matching of everybody. `anew`: everybody is to be matched anew whatever is
    kept, and afterwards, whether that was done."""

    kept: Kept | None = None
    made_by: str = ""
    made_at: datetime | None = None
    anew: bool = False
    mark: str = ""

    def match(
        self, matcher: Matcher, people: pa.Table, names: Sequence[str], one: Named, two: Named, now: datetime
    ) -> Matched:  # fmt: skip
        """Who is who among `people`, whose `names` are sorted; `one` and `two` are decided. Raises Failed."""
        if len(people) >= matcher.words.renewal.people:
            return self.followed(matcher, people, names, one, two, now) or self.made(
                matcher, people, names, one, two, now
            )
        self.kept = None
        return matcher(people, numbered(names, one, two))

    def followed(
        self, matcher: Matcher, people: pa.Table, names: Sequence[str], one: Named, two: Named, now: datetime
    ) -> Matched | None:  # fmt: skip
        """None where too much is another."""
        renewal = matcher.words.renewal
        if self.kept is None or self.made_at is None or self.anew or self.made_by != digest_of(matcher):
            return None
        if not now - timedelta(hours=renewal.hours) <= self.made_at <= now:
            return None
        changed, gone = differing(self.kept, chain.digests(people, matcher.engine)["digest"].to_pylist(), names)
        if self.kept.changed + len(changed) + len(gone) > renewal.share * len(people):
            return None
        rows = people.take(pa.array(changed, pa.int64()))
        follow(self.kept, matcher, News(rows, [names[place] for place in changed], gone, one, two))
        return self.kept.matched()

    def statistics_of(self, matcher: Matcher) -> Statistics | None:
        """Those of the last matching of everybody, if it was made with the same words, weights and questions."""
        return self.kept.statistics if self.kept and self.made_by == digest_of(matcher) else None

    def made(
        self, matcher: Matcher, people: pa.Table, names: Sequence[str], one: Named, two: Named, now: datetime
    ) -> Matched:  # fmt: skip
        decided = numbered(names, one, two)
        self.kept, matched = kept_of(matcher, people, pa.array(names, pa.string()), decided)
        self.made_by, self.made_at, self.anew = digest_of(matcher), now, True
        return matched


def numbered(names: Sequence[str], one: Named, two: Named) -> Decided:
    """What is decided, by the places of names."""
    place = {name: number for number, name in enumerate(names)}
    return Decided(*({(place[x], place[y]) for x, y in map(sorted, pairs)} for pairs in (one, two)))


def differing(kept: Kept, digests: Sequence[int], names: Sequence[str]) -> tuple[list[int], Collection[str]]:
    """The places of those that say something else than what is kept, and the names of those that are gone."""
    living = kept.names.living()
    held = dict(zip(living["name"].to_pylist(), digests_of(kept, living["number"].to_pylist()), strict=True))
    changed = [place for place, name in enumerate(names) if held.pop(name, None) != digests[place]]
    return changed, held.keys()


def digests_of(kept: Kept, numbers: Iterable[int]) -> Iterable[int]:
    base, fresh = kept.said.base["digest"].to_pylist(), kept.said.fresh
    return (fresh[number][0][0] if number in fresh else base[number] for number in numbers)


def digest_of(matcher: Matcher) -> str:
    """Changes with everything that a matching depends on but the people and what is decided."""
    questions = (chain.QUESTIONS, chain.RULES, chain.PAIRS, chain.MOST, chain.COMPARED, whole.QUESTIONS, chain.LOOSE)
    told = (
        matcher.words.model_dump_json(exclude={"renewal"}), matcher.model.model_dump_json(), matcher.language,
        version("duckdb"), *features.features(), *whole.whole_features(),
    )  # fmt: skip
    texts = [
        *map(str, told),
        *(str(sorted(some.items())) if isinstance(some, dict) else str(some) for some in questions),
    ]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
