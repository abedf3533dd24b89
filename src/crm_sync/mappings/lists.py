"""What matching a general list starts from: how often records of one person agree, and records of two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import Shape, read_toml, shaped

#: What may be found on each side of two records.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "given": ("same", "part", "nick", "init", "pre", "typo", "near", "far", "diff"),
    "family": ("kin", "both", "same", "half", "part", "init", "typo", "near", "far", "diff"),
    "turned": ("same", "swap"),
    "birth": ("same", "year", "swap", "typo", "part", "off", "far", "half", "near", "diff"),
    "number": ("same", "typo", "near", "diff", "other"),
    "mail": ("same", "typo", "local", "near", "host", "diff"),
    "phone": ("same", "home", "tail", "typo", "near", "diff"),
    "home": ("street", "near", "code", "codetypo", "city", "citytypo", "diff"),
    "country": ("same", "diff"),
    "title": ("same", "diff"),
    "company": ("same", "turned", "typo", "pre", "near", "diff"),
    "site": ("same", "diff"),
}  # fmt: skip

Share = Annotated[float, Field(gt=0, lt=1)]


class ListModel(Shape):
    """identity_lists.toml. `same` and `other` say how often each finding is made of two records of one person, or of
    two; the list itself corrects both, as far as it has more than `trust` pairs. Scores are natural logarithms of
    odds: two records are one from `link` on, or from a higher score on where more than `wrong` of the pairs would be
    expected wrong; from `review` on a person looks at them; below `veto` two records are never in one group;
    `contested` is the most that two records with different given names reach. `unseen` counts for two records of a
    group that no key brought together; `together` is what all pairs between two groups must reach on average."""

    link: float
    review: float
    veto: float
    contested: float
    unseen: float
    together: float
    trust: Annotated[float, Field(gt=0)]
    wrong: Share
    same: Mapping[str, Mapping[str, Share]]
    other: Mapping[str, Mapping[str, Share]]


def load_list_model(path: Path) -> ListModel:
    """Raises ConfigError."""
    found = shaped(ListModel, read_toml(path), path.name)
    if not found.veto < found.contested < found.link:
        told = f"veto {found.veto:g}, contested {found.contested:g}, link {found.link:g}"
        raise ConfigError(path.name, told, "veto below contested, contested below link")
    for table, sides in (("same", found.same), ("other", found.other)):
        for side, levels in LEVELS.items():
            if set(sides.get(side, {})) != set(levels):
                raise ConfigError(f"{path.name}: [{table}.{side}]", ", ".join(sides.get(side, {})), ", ".join(levels))
    return found
