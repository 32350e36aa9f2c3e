"""Groups of values, split so that none feeds itself by way of others, and put in order.

A part of a group is its number and a level: (3, 0), (3, 1)... are the parts of group 3.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict

Sources = list[list[int]]
Part = tuple[int, int]


def split_groups(groups: list[int], sources: Sources) -> list[Part]:
    """The part of each value, values in topological order.

    groups: the group of each value. Groups that need each other are split by how often the path to
    a value, through these alone, has come from one group into another: every edge between two parts
    leads to a higher level, so none leads back. A value whose path has not changed groups yet, such
    as a weight, waits for its first use.
    """
    components = _components(groups, sources)
    levels = [0] * len(groups)
    inside = [
        [
            (source, int(groups[source] != group))
            for source in operands
            if components[groups[source]] == components[group]
        ]
        for group, operands in zip(groups, sources)
    ]
    for place, operands in enumerate(inside):
        levels[place] = max((levels[source] + step for source, step in operands), default=0)
    latest = [math.inf] * len(groups)
    for place in reversed(range(len(groups))):
        if levels[place] == 0 and latest[place] < math.inf:
            levels[place] = int(latest[place])
        for source, step in inside[place]:
            latest[source] = min(latest[source], levels[place] - step)
    return list(zip(groups, levels))


def order_of(parts: list[Part], sources: Sources) -> tuple[list[Part], dict[Part, Counter[Part]]]:
    """The parts in order, and for each the parts that feed it.

    Operands come before results; otherwise the first values decide."""
    first: dict[Part, int] = {}
    feeding: defaultdict[Part, Counter[Part]] = defaultdict(Counter)
    for place, part in enumerate(parts):
        first.setdefault(part, place)
        fed_by = feeding[part]
        for source in sources[place]:
            fed_by[parts[source]] += 1
    consumers: dict[Part, list[Part]] = {part: [] for part in first}
    waiting = dict.fromkeys(first, 0)
    for part, fed_by in feeding.items():
        for other in fed_by:
            if other != part:
                consumers[other].append(part)
                waiting[part] += 1
    ready = [(place, part) for part, place in first.items() if not waiting[part]]
    heapq.heapify(ready)
    order = []
    while ready:
        _, part = heapq.heappop(ready)
        order.append(part)
        for consumer in consumers[part]:
            waiting[consumer] -= 1
            if not waiting[consumer]:
                heapq.heappush(ready, (first[consumer], consumer))
    return order, feeding


def _components(groups: list[int], sources: Sources) -> list[int]:
    """For each group the number of the strongly connected component that it is in.

    Source: Kosaraju's algorithm; Sharir, A strong-connectivity algorithm, 1981.
    """
    count = max(groups) + 1
    forwards: list[dict[int, None]] = [{} for _ in range(count)]
    backwards: list[dict[int, None]] = [{} for _ in range(count)]
    for place, operands in enumerate(sources):
        for source in operands:
            forwards[groups[source]][groups[place]] = None
            backwards[groups[place]][groups[source]] = None
    seen: set[int] = set()
    finished = [node for start in range(count) for node in _walk(start, forwards, seen)]
    seen.clear()
    components = [0] * count
    for start in reversed(finished):
        for node in _walk(start, backwards, seen):
            components[node] = start
    return components


def _walk(start: int, arcs: list[dict[int, None]], seen: set[int]) -> list[int]:
    """The unseen nodes that can be reached, each after the nodes that it reaches."""
    if start in seen:
        return []
    seen.add(start)
    finished = []
    stack = [(start, iter(arcs[start]))]
    while stack:
        node, following = stack[-1]
        for other in following:
            if other not in seen:
                seen.add(other)
                stack.append((other, iter(arcs[other])))
                break
        else:
            stack.pop()
            finished.append(node)
    return finished
