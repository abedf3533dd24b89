"""Groups of things that belong together, from pairs that do."""

from __future__ import annotations

from collections.abc import Iterable

from crm_sync.records import Ref

Pairs = Iterable[tuple[Ref, Ref]]


def grouped(nodes: Iterable[Ref], pairs: Pairs) -> list[list[Ref]]:
    """Every node in exactly one group, groups and members in order. A pair may name refs beyond `nodes`: they bridge,
    and are members too."""
    leader = {node: node for node in nodes}
    for one, two in pairs:
        join(leader, one, two)
    groups: dict[Ref, list[Ref]] = {}
    for node in sorted(leader):
        groups.setdefault(find(leader, node), []).append(node)
    return sorted(groups.values())


def join(leader: dict[Ref, Ref], one: Ref, two: Ref) -> None:
    low, high = sorted((find(leader, one), find(leader, two)))
    leader[high] = low


def find(leader: dict[Ref, Ref], node: Ref) -> Ref:
    leader.setdefault(node, node)
    while leader[node] != node:
        leader[node] = leader[leader[node]]  # halves the path, so that long chains stay cheap
        node = leader[node]
    return node
