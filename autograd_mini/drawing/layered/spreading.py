"""Positions across: every item near its neighbours, in the given order, nothing overlapping.

All that must hold is a list of separations, `a + gap <= b`, between items and the two borders of
clusters. Pushing everything down until it holds and pushing everything up until it holds both
give an allowed answer, and so does the mean of the two, which favours neither side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from autograd_mini.drawing.layered.blocks import CLEARANCE
from autograd_mini.drawing.layered.columns import common_path
from autograd_mini.drawing.layered.grid import Grid
from autograd_mini.drawing.layout import FRAME_PADDING, FRAME_TITLE

ROUNDS, EVENING = 4, 6
ROUNDS_OF_LARGE = 1
LARGE = 5_000
STRAIGHTNESS = 6.0  # how much more a wire's own course counts than one edge

LOOSENESS = 0.05  # how much less it counts inside a cluster, which it would stretch, from outside

Pull = tuple[int, float]


def spread(grid: Grid) -> list[float]:
    """The position of every item, in rounds: after the items before, after those behind, both.

    The first two carry a change through the whole graph at once, the last evens it out.
    """
    separations = _Separations(grid)
    before, after = _pulls(grid)
    both = [one + other for one, other in zip(before, after, strict=True)]
    forwards = [item for column in grid.columns for item in column]
    backwards = forwards[::-1]
    across = separations.satisfied([0.0] * len(both))
    for _ in range(ROUNDS if len(across) < LARGE else ROUNDS_OF_LARGE):
        for pulls, order in ((before, forwards), (after, backwards)):
            across = separations.satisfied(_follow(pulls, order, across))
        across = separations.satisfied(_shift_clusters(grid, both, across))
        for count in range(EVENING):
            order = forwards if count % 2 == 0 else backwards
            across = separations.satisfied(_follow(both, order, across))
    return across


def _shift_clusters(grid: Grid, pulls: list[list[Pull]], across: list[float]) -> list[float]:
    """Move each outermost cluster as a whole to where its neighbours outside want it."""
    wanted: dict[int, list[float]] = {}
    for item, path in enumerate(grid.paths):
        for other, _ in pulls[item] if path else ():
            if path[:1] != grid.paths[other][:1]:
                wanted.setdefault(path[0], []).append(across[other] - across[item])
    shift = {cluster: sum(pulls) / len(pulls) for cluster, pulls in wanted.items()}
    return [
        position + (shift.get(path[0], 0.0) if path else 0.0)
        for position, path in zip(across, grid.paths, strict=True)
    ]


def _follow(pulls: list[list[Pull]], order: Sequence[int], across: list[float]) -> list[float]:
    """Where every item wants to be if the items before it, in this order, are where they want."""
    wanted = list(across)
    for item in order:
        total = weights = 0.0
        for other, weight in pulls[item]:
            total += weight * wanted[other]
            weights += weight
        if weights:
            wanted[item] = total / weights
    return wanted


def _pulls(grid: Grid) -> tuple[list[list[Pull]], list[list[Pull]]]:
    """For each item its neighbours before and after."""
    before: list[list[Pull]] = [[] for _ in grid.column_of]
    after: list[list[Pull]] = [[] for _ in grid.column_of]
    for item, following, operand in grid.links:
        weight = STRAIGHTNESS if item >= grid.blocks and operand < 0 else 1.0
        shared = len(common_path(grid.paths[item], grid.paths[following]))
        leaves = weight * (LOOSENESS if shared < len(grid.paths[item]) else 1)
        enters = weight * (LOOSENESS if shared < len(grid.paths[following]) else 1)
        after[item].append((following, leaves))
        before[following].append((item, enters))
    return before, after


class _Separations:
    """All separations of a grid; variables are the items, then each cluster's two borders."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.items = len(grid.column_of)
        self.below: list[dict[int, float]] = [
            {} for _ in range(self.items + 2 * len(grid.clusters))
        ]
        for place, cluster in enumerate(grid.clusters):
            if len(cluster.path) > 1:
                self._enclose(cluster.path[-2], self._top(place), self._bottom(place), 0.0)
        for column in grid.columns:
            for upper, lower in pairwise(column):
                self._separate(upper, lower)
            for item in column:
                if grid.paths[item]:
                    reach = grid.half_breadth[item]
                    self._enclose(grid.paths[item][-1], item, item, reach)
        self.order = self._sorted()

    def satisfied(self, wanted: list[float]) -> list[float]:
        """Positions of the items near the wanted ones that keep every separation."""
        borders = len(self.below) - self.items
        low = wanted + [-math.inf] * borders
        for variable in self.order:
            start = low[variable]
            for lower, gap in self.below[variable].items():
                if start + gap > low[lower]:
                    low[lower] = start + gap
        high = wanted + [math.inf] * borders
        for variable in reversed(self.order):
            end = high[variable]
            for lower, gap in self.below[variable].items():
                if high[lower] - gap < end:
                    end = high[lower] - gap
            high[variable] = end
        return [(low[item] + high[item]) / 2 for item in range(self.items)]

    def _top(self, cluster: int) -> int:
        return self.items + 2 * cluster

    def _bottom(self, cluster: int) -> int:
        return self.items + 2 * cluster + 1

    def _enclose(self, cluster: int, first: int, last: int, reach: float) -> None:
        self._require(self._top(cluster), first, FRAME_TITLE + FRAME_PADDING + reach)
        self._require(last, self._bottom(cluster), FRAME_PADDING + reach)

    def _separate(self, upper: int, lower: int) -> None:
        above, below = self.grid.paths[upper], self.grid.paths[lower]
        shared = 0
        while shared < min(len(above), len(below)) and above[shared] == below[shared]:
            shared += 1
        first, last, gap = upper, lower, 0.0
        if len(above) > shared:
            first = self._bottom(above[shared])
            gap += CLEARANCE
        else:
            gap += self.grid.half_breadth[upper]
        if len(below) > shared:
            last = self._top(below[shared])
            gap += CLEARANCE
        else:
            gap += self.grid.half_breadth[lower]
        self._require(first, last, gap)

    def _require(self, first: int, last: int, gap: float) -> None:
        known = self.below[first]
        known[last] = max(gap, known.get(last, gap))

    def _sorted(self) -> list[int]:
        """The variables so that each comes after all that must be above it."""
        waiting = [0] * len(self.below)
        for lowers in self.below:
            for lower in lowers:
                waiting[lower] += 1
        order = [variable for variable, count in enumerate(waiting) if count == 0]
        for variable in order:
            for lower in self.below[variable]:
                waiting[lower] -= 1
                if waiting[lower] == 0:
                    order.append(lower)
        return order
