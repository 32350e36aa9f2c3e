"""Crossing reduction: the order of the items in each column, with clusters in one piece."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from autograd_mini.drawing.layout.blocks import Block
from autograd_mini.drawing.layout.grid import Grid
from autograd_mini.drawing.layout.layering import common_path

# Up to so many items: sweeps, how many of them without an improvement before giving up, and how
# often each tries to exchange neighbours.
EFFORTS = ((4_000, (24, 8, 5)), (20_000, (12, 3, 0)), (math.inf, (4, 3, 0)))

# The largest grid in which single items are tried on the other sides of clusters.
MOST_ITEMS_TO_PASS = 400

Key = tuple[tuple[float, int], ...]
Reach = tuple[list[float], list[float]]  # heights of what links lead to, before and after


def reduce_crossings(grid: Grid) -> None:
    """Sort every column by where the neighbours are, again and again, and keep the best order.

    The first order is topological: on a tree it has no crossings at all.
    """
    sweep = _Sweep(grid)
    best = sweep.crossings()
    order = [list(column) for column in grid.columns]
    waited = 0
    sweeps, patience, exchanges = next(
        effort for most, effort in EFFORTS if len(grid.column_of) <= most
    )
    for count in range(sweeps):
        if best == 0 or waited == patience:
            break
        sweep.run(forwards=count % 2 == 0)
        sweep.exchange(exchanges, also_for_nothing=count % 4 >= 2)
        crossings = sweep.crossings()
        waited += 1
        if crossings < best:
            best, waited = crossings, 0
            order = [list(column) for column in grid.columns]
    grid.columns[:] = order
    if grid.clusters and len(grid.column_of) <= MOST_ITEMS_TO_PASS:
        sweep.pass_clusters()


class _Sweep:
    """The heights of the items in their columns, and the passes that sort and exchange them."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        count = len(grid.column_of)
        self.before: list[list[int]] = [[] for _ in range(count)]
        self.after: list[list[int]] = [[] for _ in range(count)]
        for item, following, _ in grid.links:
            self.after[item].append(following)
            self.before[following].append(item)
        self.height = [0.0] * count
        self.outside = _outside(grid)
        first, self.cluster_keys = _first_keys(grid)
        for column in grid.columns:
            self._sort(column, first)

    def run(self, *, forwards: bool) -> None:
        """Sort all columns once, each by the one before it or, backwards, after it."""
        self._move_clusters()
        neighbours = self.before if forwards else self.after
        columns = self.grid.columns
        for column in columns if forwards else reversed(columns):
            self._sort(column, {item: self._middle(neighbours[item], item) for item in column})

    def exchange(self, times: int, *, also_for_nothing: bool) -> None:
        """Let neighbours in a column change places, so often, where that saves crossings.

        also_for_nothing: where it costs none either, at first, which finds ways to save others.
        """
        for count in range(times):
            least = 0 if also_for_nothing and count == 0 else 1
            saved = [self._exchange(column, least) for column in self.grid.columns]
            if not any(saved):
                break

    def _exchange(self, column: list[int], least: int) -> bool:
        """Exchange neighbours where that saves so many crossings; whether it saved any."""
        paths = self.grid.paths
        reach = {
            item: (self._heights(self.before[item]), self._heights(self.after[item]))
            for item in column
        }
        better = False
        for place in range(len(column) - 1):
            upper, lower = column[place], column[place + 1]
            if paths[upper] != paths[lower]:
                continue
            saved = _saved(reach[upper], reach[lower])
            if saved >= least:
                column[place], column[place + 1] = lower, upper
                self.height[upper], self.height[lower] = self.height[lower], self.height[upper]
                better = better or saved > 0
        return better

    def _heights(self, items: list[int]) -> list[float]:
        return sorted([self.height[item] for item in items])

    def crossings(self) -> int:
        """The number of crossings of links in all columns."""
        total = 0
        for column in self.grid.columns:
            ends: list[float] = []
            for item in column:
                heights = self._heights(self.after[item])
                total += sum(len(ends) - bisect_right(ends, height) for height in heights)
                for height in heights:
                    insort(ends, height)
        return total

    def pass_clusters(self) -> None:
        """Let items go past clusters beside them where links then cross less, or are straighter."""
        columns = self.grid.columns
        for column in columns:
            self._number(column)
        best = self._disorder()
        improved = True
        while improved:
            improved = False
            for number, column in enumerate(columns):
                for other in self._passed(column):
                    columns[number] = other
                    self._number(other)
                    found = self._disorder()
                    if found < best:
                        best, improved = found, True
                        break
                    columns[number] = column
                    self._number(column)

    def _passed(self, column: list[int]) -> Iterator[list[int]]:
        """The column with one item on the other side of a cluster beside it."""
        paths = self.grid.paths
        for place, item in enumerate(column):
            depth = len(paths[item])
            for step in (1, -1):
                end = place + step
                if not 0 <= end < len(column) or len(paths[column[end]]) <= depth:
                    continue
                cluster = paths[column[end]][: depth + 1]
                if cluster[:depth] != paths[item]:
                    continue
                while 0 <= end < len(column) and paths[column[end]][: depth + 1] == cluster:
                    end += step
                rest = column[:place] + column[place + 1 :]
                rest.insert(end - 1 if step > 0 else end + 1, item)
                yield rest

    def _disorder(self) -> tuple[int, float]:
        """The number of crossings, and how far links lead up or down."""
        height = self.height
        steep = sum((height[item] - height[end]) ** 2 for item, end, _ in self.grid.links)
        return self.crossings(), steep

    def _middle(self, neighbours: list[int], item: int) -> float:
        if not neighbours:
            return self.height[item]
        return sum(self.height[neighbour] for neighbour in neighbours) / len(neighbours)

    def _sort(self, column: list[int], keys: dict[int, float]) -> None:
        if self.grid.clusters:
            column.sort(key=lambda item: self._clustered_key(item, keys[item]))
        else:
            column.sort(key=keys.__getitem__)
        self._number(column)

    def _number(self, column: list[int]) -> None:
        for place, item in enumerate(column):
            self.height[item] = place - (len(column) - 1) / 2

    def _clustered_key(self, item: int, key: float) -> Key:
        """Clusters compare by one key in all columns, so that they never swap sides."""
        outer = [(self.cluster_keys[place], place) for place in self.grid.paths[item]]
        return (*outer, (key, -1))

    def _move_clusters(self) -> None:
        """A cluster goes where values outside pull it, all its columns together.

        The wires between do not count: they make room for the clusters, which would follow them.
        """
        for place, pulling in enumerate(self.outside):
            if pulling:
                heights = [self.height[item] for item in pulling]
                self.cluster_keys[place] = sum(heights) / len(heights)


def _saved(upper: Reach, lower: Reach) -> int:
    """The number of crossings saved if the lower of two neighbours comes first."""
    saved = 0
    for ends, others in zip(upper, lower):
        if ends == others:
            continue  # as in a layer that feeds the next one fully: as many come as go
        for height in others:
            saved += len(ends) - bisect_right(ends, height) - bisect_left(ends, height)
    return saved


def _outside(grid: Grid) -> list[list[int]]:
    """For each cluster the values outside that its own are linked to, with multiplicity."""
    outside: list[list[int]] = [[] for _ in grid.clusters]
    paths = grid.paths
    for item, sources in enumerate(grid.operands):
        for _, source in sources:
            for inner, outer in ((item, source), (source, item)):
                for place in paths[inner][len(common_path(paths[inner], paths[outer])) :]:
                    outside[place].append(outer)
    return outside


def _first_keys(grid: Grid) -> tuple[dict[int, float], list[float]]:
    """Topological places of the items and, on average, of the clusters; a wire has its value's."""
    keys = dict.fromkeys(range(len(grid.column_of)), 0.0)
    keys.update((item, float(item)) for item in range(grid.blocks))
    for source, points in grid.wires.items():
        keys.update(dict.fromkeys(points, float(source)))
    members: list[list[int]] = [[] for _ in grid.clusters]
    for item in range(grid.blocks):
        for place in grid.paths[item]:
            members[place].append(item)
    return keys, [sum(items) / len(items) for items in members]


def seat_operands(grid: Grid, blocks: list[Block]) -> list[dict[int, float]]:
    """The slot of each operand of each block: values in the order in which their edges arrive.

    A constant keeps its operand's own place, and so does an edge from outside the grid.
    """
    rank = {item: place for column in grid.columns for place, item in enumerate(column)}
    feeder = {(item, operand): rank[start] for start, item, operand in grid.links}
    seats = []
    for item, sources in enumerate(grid.operands):
        slots = blocks[item].slots
        arriving = sorted(sources, key=lambda source: feeder.get((item, source[0]), -1))
        free = sorted(operand for operand, _ in sources)
        seat = dict(enumerate(slots))
        for (operand, _), place in zip(arriving, free, strict=True):
            seat[operand] = slots[place]
        seats.append(seat)
    return seats
