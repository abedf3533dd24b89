"""How well and how fast people are matched: `python -m bench.identity [--full] [--sizes 20000,100000] [--splink]
[--lists] [--changes]`.

The leads are made up by tests/identity with the seed of each size, none of which the weights were trained on; the truth
is shown to nobody but the tables. The anchor is Splink with a model of expert's comparisons over the same normalised
columns, trained on the same leads without labels, at the threshold that is best for it: `pip install -e '.[identity]'`.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import pyarrow.csv as csv
from tests.identity.careers import write
from tests.identity.leads import Kind
from tests.identity.lists import KINDS as LISTS
from tests.identity.lists import write as write_list
from tests.identity.scores import Scores, scores

from bench.identity_change import changed
from bench.kit import Figures, ratio, running, say, show, sizes_of, table_of
from bench.kit import command as command_of

SIZES: Final = (20_000, 100_000)
KINDS: Final[Mapping[str, Kind | None]] = {
    "tidy": Kind(0.0), "hard": Kind(1.0), "hard, few surnames": Kind(1.0, 0.0), "hard, tangled": Kind(1.0, tangled=1.0),
    "careers": None, "careers, other habits": None, "careers, others again": None,
}  # fmt: skip
SEED: Final = 900
LISTED: Final = (4_000, 60_000)  # records of each general list
FEW: Final = 10_000  # records that are matched once more without each rule, side of evidence and guard


def main() -> None:
    parser = command_of("How well and how fast people are matched.", SIZES, "records", full="six minutes and 4 GB")
    parser.add_argument("--splink", action="store_true", help="and what Splink makes of the same leads")
    parser.add_argument("--lists", action="store_true", help="and general lists: registries, parishes, organisations")
    parser.add_argument("--changes", action="store_true", help="and what one changed record costs")
    asked = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as place:
        for size in sizes_of(asked):
            for number, (kind, made) in enumerate(KINDS.items()):
                file = Path(place) / "people.csv"
                say(f"{size:,} records, {kind}")
                write(file, size, SEED + number, made)
                found += [(kind, size, told) for told in measured(file, "identity_splink" if asked.splink else "")]
        say(f"{FEW:,} hard records, each time without one rule, side of evidence or guard")
        write(Path(place) / "few.csv", FEW, SEED + len(KINDS), KINDS["hard"])
        missing = without(Path(place) / "few.csv")
        listed = list(general(Path(place) / "list.csv", "identity_lists_splink" if asked.splink else "", asked.lists))
    show(quality(found), cost(found), rules(found), missing)
    if listed:
        show(quality(listed), cost(listed))
    if asked.changes:
        show(changed(sizes_of(asked)))


def general(file: Path, splink: str, wanted: bool) -> Iterator[tuple[str, int, Figures]]:
    for size, (number, (kind, made)) in product(LISTED if wanted else (), enumerate(LISTS.items())):
        say(f"{size:,} records, {kind}")
        write_list(file, size, SEED + number, made)
        yield from ((kind, size, told) for told in measured(file, splink))


def measured(file: Path, splink: str) -> Iterator[Figures]:
    """One matcher after the other, each in a process of its own; `splink` is the program for Splink, if it is asked."""
    truth, matchers = truth_of(file), ["bench.identity_client"]
    if splink and importlib.util.find_spec("splink"):
        matchers.append(f"bench.{splink}")
    for matcher in matchers:
        with running(matcher, str(file)) as process:
            told = process.hear()
        told["scores"] = [scores(groups, [truth[one] for one in told["ids"]]) for groups in told["groups"]]
        yield told


def truth_of(file: Path) -> dict[str, int]:
    told = csv.read_csv(file)
    return dict(zip(map(str, told["id"].to_pylist()), told["truth"].to_pylist(), strict=True))


def best(told: Figures) -> Scores:
    found: list[Scores] = told["scores"]
    return max(found, key=lambda one: one.f1)


def quality(found: list[tuple[str, int, Figures]]) -> Any:
    title = "Matching against the truth; poisoned: merged groups that hold more than one human being"
    names = (
        "leads", "matcher", "records", "precision", "recall", "F1", "B-cubed F1", "poisoned", "false merges per 10,000",
        "to review",
    )  # fmt: skip
    return table_of(title, names, [
        (
            kind, told["name"], f"{size:,}", f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}",
            f"{one.b_cubed:.4f}", f"{one.poisoned:.2%}", f"{one.false_merges:.1f}", told["reviews"],
        )
        for kind, size, told in found for one in [best(told)]
    ], words=2)  # fmt: skip


def cost(found: list[tuple[str, int, Figures]]) -> Any:
    names = ("leads", "matcher", "records", "seconds", "cpu seconds", "µs a record", "ratio", "pairs", "peak MB")
    first = {(kind, told["name"]): told["cpu"] / size for kind, size, told in reversed(found)}
    return table_of("What it costs, from the file to the links", names, [
        (
            kind, told["name"], f"{size:,}", f"{told['seconds']:.1f}", f"{told['cpu']:.1f}",
            f"{told['cpu'] / size * 1e6:.0f}", ratio(told["cpu"] / size, first[kind, told["name"]]),
            f"{told['pairs']:,}", f"{told['peak']:.0f}",
        )
        for kind, size, told in found
    ], words=2)  # fmt: skip


def rules(found: list[tuple[str, int, Figures]]) -> Any:
    """Of the first size: how many links each rule of rules.sql brought, and how many no other rule brought."""
    kind, size, told = found[0]
    rows = [
        (name, f"{pairs:,}", f"{links:,}", f"{alone:,}")
        for name, (pairs, links, alone) in sorted(told["rules"].items())
    ]
    title = f"What each rule brings ({size:,} records, {kind})"
    return table_of(title, ("rule", "pairs", "of them in one group", "found by no other rule"), rows, words=1)


def without(file: Path) -> Any:
    """What matching loses where one thing is left out; above it stands what it reaches with all of them."""
    truth = truth_of(file)
    with running("bench.identity_without", str(file)) as process:
        told = process.hear()
    humans = [truth[one] for one in told["ids"]]
    (_, _, whole, looked_at), *rest = told["without"]
    all_of_it = scores(whole, humans)
    rows = [("", "nothing", *figures_of(all_of_it, "{:.4f}", "{:.2%}", "{:.1f}"), str(looked_at))]
    for kind, name, groups, reviews in rest:
        one = scores(groups, humans)
        lost = Scores(*(getattr(one, field) - getattr(all_of_it, field) for field in one.__slots__))
        rows.append((kind, name, *figures_of(lost, "{:+.4f}", "{:+.2%}", "{:+.1f}"), f"{reviews - looked_at:+d}"))
    names = (
        "kind", "left out", "precision", "recall", "F1", "B-cubed F1", "poisoned", "false merges per 10,000",
        "to review",
    )  # fmt: skip
    title = f"What each rule, side of evidence and guard adds: what changes without it ({FEW:,} records, hard)"
    return table_of(title, names, rows, words=2)


def figures_of(one: Scores, plain: str, share: str, count: str) -> tuple[str, ...]:
    told = (plain.format(value) for value in (one.precision, one.recall, one.f1, one.b_cubed))
    return (*told, share.format(one.poisoned), count.format(one.false_merges))


if __name__ == "__main__":
    main()
