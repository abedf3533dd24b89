"""What is usual: how often each finding was made of one person's records, and of two's, where weights were trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import Shape, read_toml, shaped

#: Sides whose findings differ from company to company, the best first where the order means something: own data may not
#: turn it round. Names are left out: how rare they are is counted among all people each time.
SIDES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "mail": (("same", "typo", "diff"), ("same", "local", "diff"), ("same", "diffsame")),
    "phone": (("same", "tail", "diff"), ("same", "typo", "diff")),
    "employer": (("dom", "twin", "diff"), ("org", "diff"), ("alias", "diff"), ("near", "diff"), ("name", "diff")),
    "city": (("same", "diff"),), "country": (("same", "diff"),), "title": (("same", "diff"),),
}  # fmt: skip
Pairs = Annotated[int, Field(ge=0)]
Counts = Mapping[str, Mapping[str, tuple[int, int]]]


class Usual(Shape):
    """identity_usual.toml. `pairs`: side → finding → of how many pairs that all other sides are nearly sure of it was
    made: of one person, and of two. `spread` is by how much what a finding is worth differs anyway between the kinds of
    people that the weights were trained on: as much of a difference is not learnt. Of what is beyond, `share` is
    believed, up to `most` for one person and `least` against it. All natural logarithms."""

    spread: Annotated[float, Field(ge=0)]
    share: Annotated[float, Field(gt=0, le=1)]
    most: Annotated[float, Field(gt=0)]
    least: Annotated[float, Field(gt=0)]
    pairs: Mapping[str, Mapping[str, tuple[Pairs, Pairs]]]


def read_usual(path: Path) -> Usual:
    """Raises ConfigError."""
    found = shaped(Usual, read_toml(path), path.name)
    if set(found.pairs) != set(SIDES):
        raise ConfigError(f"{path.name}: [pairs]", ", ".join(sorted(found.pairs)), ", ".join(sorted(SIDES)))
    return found
