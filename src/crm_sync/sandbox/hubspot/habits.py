"""What one account does otherwise than another: settings of its owner, and what its subscription allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

#: Calls in ten seconds per private app, and calls a day, by subscription.
TIERS: Final = {"starter": (100, 250_000), "professional": (190, 625_000), "enterprise": (190, 1_000_000)}


@dataclass(slots=True)
class Habits:
    """`deal_moves_contact`: a contact with a deal becomes an opportunity or a customer. `company_from_email`: a contact
    with a business address gets the company of its domain. `merge_makes_new_id`: the survivor of a merge is a new
    record. `refresh_rotates`: a refresh token is good once."""

    deal_moves_contact: bool = False
    company_from_email: bool = False
    merge_makes_new_id: bool = False
    refresh_rotates: bool = True
    tier: str = "enterprise"

    @property
    def burst_limit(self) -> int:
        return TIERS[self.tier][0]

    @property
    def daily_limit(self) -> int:
        return TIERS[self.tier][1]

    def set(self, said: Mapping[str, Any]) -> None:
        """Some of them, or none at all when one of them cannot be. Raises ValueError with what there is."""
        for name, value in said.items():
            if name not in self.told():
                raise ValueError(f"{name!r} is no habit; there are {', '.join(self.told())}")
            if name == "tier" and value not in TIERS:
                raise ValueError(f'"tier" is {value!r}; allowed are {", ".join(TIERS)}')
            if name != "tier" and not isinstance(value, bool):
                raise ValueError(f'"{name}" is {value!r}; it must be true or false')
        for name, value in said.items():
            setattr(self, name, value)

    def told(self) -> dict[str, Any]:
        return asdict(self)
