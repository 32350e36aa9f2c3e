"""Coordinates: every item across its column, near its neighbours and overlapping nothing.

The innermost clusters come first, each for itself; what is laid out is one rigid unit for the
cluster around it, up to the whole grid. So nothing outside stretches a cluster, and a group knows
only units and which of them stands below which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from autograd_mini.drawing.layout.grid import Grid
from autograd_mini.drawing.layout.layering import Path, common_path
from autograd_mini.drawing.layout.layout import FRAME_PADDING, FRAME_TITLE

ROUNDS, EVENING = 4, 6
ROUNDS_OF_LARGE = 1
LARGE = 5_000
STRAIGHTNESS = 6.0  # how much more a wire's own course counts than one edge
LIGHT = 0.01  # how much less an item pulls at a cluster than another cluster does

Unit = int  # an item or, after the last item, a cluster
Pull = tuple[int, float, float]
Gaps = list[list[tuple[int, float]]]


def assign_coordinates(grid: Grid) -> list[float]:
    """The position of every item."""
    items = len(grid.column_of)
    half_breadth = grid.half_breadth + [0.0] * len(grid.clusters)
    across = [0.0] * items
    contents = _contents(grid)
    groups = _groups(grid)
    for number in sorted(groups, key=lambda number: -len(groups[number].path)):
        group = groups[number]
        positions = group.settled(half_breadth, across)
        top = min(p - half_breadth[unit] for unit, p in zip(group.units, positions, strict=True))
        bottom = max(p + half_breadth[unit] for unit, p in zip(group.units, positions, strict=True))
        middle = (top + bottom) / 2
        if group.path:
            # Titles stand across; in a picture from top to bottom this is a little margin instead.
            middle -= FRAME_TITLE / 2
            half_breadth[items + number] = (bottom - top + FRAME_TITLE) / 2 + FRAME_PADDING
        for unit, position in zip(group.units, positions, strict=True):
            for item in contents[unit - items] if unit >= items else (unit,):
                across[item] += position - middle
    return across


def _contents(grid: Grid) -> list[list[int]]:
    """The items of each cluster, with the items of the clusters inside it."""
    contents: list[list[int]] = [[] for _ in grid.clusters]
    for item, path in enumerate(grid.paths):
        for place in path:
            contents[place].append(item)
    return contents


def _groups(grid: Grid) -> dict[int, _Group]:
    """The items of every cluster, and of the whole grid as number -1."""
    items = len(grid.column_of)
    groups = {place: _Group(cluster.path) for place, cluster in enumerate(grid.clusters)}
    groups[-1] = _Group(())

    def at(item: int, depth: int) -> tuple[_Group, Unit]:
        """The group at a depth around an item, and the item or the cluster it is in there."""
        path = grid.paths[item]
        group = groups[path[depth - 1] if depth else -1]
        return group, items + path[depth] if len(path) > depth else item

    for column in grid.columns:
        for item in column:
            for depth in range(len(grid.paths[item]) + 1):
                group, unit = at(item, depth)
                group.add(unit)
        for upper, lower in pairwise(column):
            depth = len(common_path(grid.paths[upper], grid.paths[lower]))
            group, first = at(upper, depth)
            group.separate(first, at(lower, depth)[1])
    for item, following, operand in grid.links:
        depth = len(common_path(grid.paths[item], grid.paths[following]))
        group, first = at(item, depth)
        weight = STRAIGHTNESS if item >= grid.blocks and operand < 0 else 1.0
        group.join((first, item), (at(following, depth)[1], following), weight)
    return groups


class _Group:
    """Units side by side. Inside the class they go by their places in `units`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.units: list[Unit] = []
        self._places: dict[Unit, int] = {}
        self._below: list[set[int]] = []
        self._links: list[tuple[int, int, int, int, float]] = []

    def add(self, unit: Unit) -> None:
        """Take a unit in, columns in order; again does nothing."""
        if unit not in self._places:
            self._places[unit] = len(self.units)
            self.units.append(unit)
            self._below.append(set())

    def separate(self, upper: Unit, lower: Unit) -> None:
        """Keep one unit below another."""
        self._below[self._places[upper]].add(self._places[lower])

    def join(self, start: tuple[Unit, int], end: tuple[Unit, int], weight: float) -> None:
        """Pull two units together so that an item in one is level with an item in the other."""
        (first, item), (second, following) = start, end
        self._links.append((self._places[first], item, self._places[second], following, weight))

    def settled(self, half_breadth: list[float], across: list[float]) -> list[float]:
        """The positions of the units, where `across` has those of items inside their units.

        A round places everything after what is before it, then after what is behind, which carries
        a change through the whole group at once, and then evens out.
        """
        count = len(self.units)
        rigid = [unit >= len(across) for unit in self.units]
        before: list[list[Pull]] = [[] for _ in range(count)]
        after: list[list[Pull]] = [[] for _ in range(count)]
        for first, item, second, following, weight in self._links:
            rise = across[item] - across[following]
            lighter_first = rigid[second] and not rigid[first]
            lighter_second = rigid[first] and not rigid[second]
            before[second].append((first, rise, weight * (LIGHT if lighter_first else 1)))
            after[first].append((second, -rise, weight * (LIGHT if lighter_second else 1)))
        both = [one + other for one, other in zip(before, after, strict=True)]
        gaps = self._gaps(half_breadth)
        order = self._sorted()
        forwards, backwards = range(count), range(count - 1, -1, -1)
        steps = [(before, forwards), (after, backwards)]
        steps += [(both, backwards if step % 2 else forwards) for step in range(EVENING)]
        positions = _separated([0.0] * count, rigid, gaps, order)
        for _ in range(ROUNDS if count < LARGE else ROUNDS_OF_LARGE):
            for pulls, turn in steps:
                positions = _separated(_follow(pulls, turn, positions), rigid, gaps, order)
        return positions

    def _gaps(self, half_breadth: list[float]) -> Gaps:
        return [
            [
                (lower, half_breadth[self.units[upper]] + half_breadth[self.units[lower]])
                for lower in sorted(below)
            ]
            for upper, below in enumerate(self._below)
        ]

    def _sorted(self) -> list[int]:
        """The units so that each comes after all that must be above it."""
        waiting = [0] * len(self.units)
        for below in self._below:
            for lower in below:
                waiting[lower] += 1
        order = [place for place, above in enumerate(waiting) if above == 0]
        for place in order:
            for lower in sorted(self._below[place]):
                waiting[lower] -= 1
                if waiting[lower] == 0:
                    order.append(lower)
        return order


def _follow(pulls: list[list[Pull]], turn: Sequence[int], positions: list[float]) -> list[float]:
    """The wanted position of each item, if the items before it are at their wanted positions."""
    wanted = list(positions)
    for place in turn:
        total = weights = 0.0
        for other, rise, weight in pulls[place]:
            total += weight * (wanted[other] + rise)
            weights += weight
        if weights:
            wanted[place] = total / weights
    return wanted


def _separated(wanted: list[float], rigid: list[bool], gaps: Gaps, order: list[int]) -> list[float]:
    """Positions near the wanted ones with all gaps kept.

    Pushing everything down until they are kept and pushing everything up until they are kept both
    give an allowed answer, and so does the mean of the two, which favours neither side. Clusters
    come first, as if items had no wish but to find room between; items then keep clear of them.
    """
    if all(rigid) or not any(rigid):
        return _means(_pushed_down(wanted, gaps, order), _pushed_up(wanted, gaps, order))
    low = [want if firm else -math.inf for want, firm in zip(wanted, rigid, strict=True)]
    high = [want if firm else math.inf for want, firm in zip(wanted, rigid, strict=True)]
    clusters = _means(_pushed_down(low, gaps, order), _pushed_up(high, gaps, order))
    wanted = [
        position if firm else want
        for position, want, firm in zip(clusters, wanted, rigid, strict=True)
    ]
    low = _pushed_down(wanted, gaps, order, rigid)
    high = _pushed_up(wanted, gaps, order, rigid)
    return _pushed_up(_pushed_down(_means(low, high), gaps, order, rigid), gaps, order, rigid)


def _means(ones: list[float], others: list[float]) -> list[float]:
    return [(one + other) / 2 for one, other in zip(ones, others, strict=True)]


def _pushed_down(
    wanted: list[float], gaps: Gaps, order: list[int], fixed: Sequence[bool] = ()
) -> list[float]:
    """Every position as high up as the gaps allow, and no higher than wanted."""
    positions = list(wanted)
    for upper in order:
        start = positions[upper]
        for lower, gap in gaps[upper]:
            if start + gap > positions[lower] and not (fixed and fixed[lower]):
                positions[lower] = start + gap
    return positions


def _pushed_up(
    wanted: list[float], gaps: Gaps, order: list[int], fixed: Sequence[bool] = ()
) -> list[float]:
    """Every position as low down as the gaps allow, and no lower than wanted."""
    positions = list(wanted)
    for upper in reversed(order):
        if fixed and fixed[upper]:
            continue
        end = positions[upper]
        for lower, gap in gaps[upper]:
            if positions[lower] - gap < end:
                end = positions[lower] - gap
        positions[upper] = end
    return positions
