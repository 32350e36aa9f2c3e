"""Layering: the column of each value, by how long it takes to compute it."""

from __future__ import annotations

from itertools import pairwise

Path = tuple[int, ...]
Operands = list[list[tuple[int, int]]]
Arcs = list[dict[int, int]]


def assign_columns(operands: Operands, consumers: list[list[int]], paths: list[Path]) -> list[int]:
    """Give each value its earliest column, then move it to its first consumer if wires get shorter.

    A move shortens the value's own wire by one and lengthens those of its operands, but an operand
    that nothing else uses and that comes from leaves alone moves along, and the wire of one with k
    consumers is lengthened for only one of k moves. What leaves a cluster stays, so that clusters
    side by side end alike.
    """
    column_of = _earliest_columns(operands, paths)
    inside = [
        bool(users) and all(common_path(paths[item], paths[user]) == paths[item] for user in users)
        for item, users in enumerate(consumers)
    ]
    private: list[bool] = []
    cost: list[float] = []
    for item, sources in enumerate(operands):
        alone = inside[item] and len(consumers[item]) == 1
        private.append(alone and all(private[source] for _, source in sources))
        cost.append(0.0 if private[item] else 1 / max(1, len(consumers[item])))
    for item in reversed(range(len(operands))):
        if inside[item] and sum(cost[source] for _, source in operands[item]) < 1:
            column_of[item] = min(column_of[consumer] for consumer in consumers[item]) - 1
    occupied = {column: place for place, column in enumerate(sorted(set(column_of)))}
    return [occupied[column] for column in column_of]


def common_path(one: Path, other: Path) -> Path:
    """The clusters that are around both."""
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]


def _earliest_columns(operands: Operands, paths: list[Path]) -> list[int]:
    """The longest way to each item, where a cluster starts after those that it computes from.

    Where that cannot be, as with clusters that compute from each other, clusters share columns.
    """
    arcs: Arcs = [{} for _ in operands]
    for item, sources in enumerate(operands):
        for _, source in sources:
            arcs[source][item] = 1
    separate = _longest_ways(_with_clusters(arcs, paths)) if any(paths) else None
    together = separate or _longest_ways(arcs)
    assert together is not None, "operands come before results"
    return together[: len(operands)]


def _with_clusters(arcs: Arcs, paths: list[Path]) -> Arcs:
    """Add the start and the end of every cluster, and an arc from end to start."""
    items = len(arcs)
    clusters = 1 + max(place for path in paths for place in path)
    extended = [dict(arc) for arc in arcs] + [{} for _ in range(2 * clusters)]

    def start(cluster: int) -> int:
        return items + 2 * cluster

    def end(cluster: int) -> int:
        return items + 2 * cluster + 1

    for item, path in enumerate(paths):
        if path:
            extended[start(path[-1])][item] = 0
            extended[item][end(path[-1])] = 0
        for outer, inner in pairwise(path):
            extended[start(outer)][start(inner)] = 0
            extended[end(inner)][end(outer)] = 0
    for source, consumers in enumerate(arcs):
        for item in consumers:
            shared = len(common_path(paths[source], paths[item]))
            if shared < min(len(paths[source]), len(paths[item])):
                extended[end(paths[source][shared])][start(paths[item][shared])] = 1
    return extended


def _longest_ways(arcs: Arcs) -> list[int] | None:
    """For each node the length of the longest way to it; None if there is a way back."""
    waiting = [0] * len(arcs)
    for following in arcs:
        for node in following:
            waiting[node] += 1
    longest = [0] * len(arcs)
    order = [node for node, count in enumerate(waiting) if count == 0]
    for node in order:
        for other, length in arcs[node].items():
            longest[other] = max(longest[other], longest[node] + length)
            waiting[other] -= 1
            if waiting[other] == 0:
                order.append(other)
    return longest if len(order) == len(arcs) else None
