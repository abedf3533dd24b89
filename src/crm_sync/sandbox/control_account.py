"""The control API's part about the HubSpot account: its habits, what its token may do, how late its index is."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.helm import Helm
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.world import World

Said = dict[str, Any]


def set_habits(helm: Helm, said: Said) -> Said:
    """Another tier brings its quotas with it."""
    habits = account(helm.world).habits
    habits.set(said)
    if "tier" in said:
        helm.quotas.limits.set({"hubspot_burst": habits.burst_limit, "hubspot_daily": habits.daily_limit})
    return habits.told()


def set_scopes(world: World, said: Said) -> Said:
    for scopes in account(world).tokens.values():
        scopes.difference_update(said.get("remove", ()))
        scopes.update(said.get("add", ()))
    return {"scopes": {token: sorted(scopes) for token, scopes in account(world).tokens.items()}}


def set_lag(world: World, said: Said) -> Said:
    world.notes["hubspot_index_lag_ms"] = int(said["ms"])
    return {"ms": world.notes["hubspot_index_lag_ms"]}
