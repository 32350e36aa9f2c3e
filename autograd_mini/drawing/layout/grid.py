"""Grid: the items that have a place in a column, boxes and the points where wires pass.

A value that is used further on than in the next column gets one wire that runs through the columns
between and that its edges leave one by one; the points where the wire passes are items of the
grid like the blocks, so that they get room.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from autograd_mini.drawing.layout.blocks import Block
from autograd_mini.drawing.layout.layering import Path, assign_columns, common_path
from autograd_mini.drawing.picture import Picture

WIRE_HALF_BREADTH = 5.0
# Past this many points, or four a value, the longest wires run outside of the grid, beside it.
FEWEST_WIRE_POINTS = 20_000


@dataclass(slots=True)
class Cluster:
    """The values of one scope: the scopes around it and itself, as indices, and its columns."""

    scope: tuple[str, ...]
    path: Path
    first: int
    last: int

    def spans(self, column: int) -> bool:
        """True if the cluster spans the column."""
        return self.first <= column <= self.last


@dataclass(slots=True)
class Grid:
    """Items (the blocks first, then points of wires, then spacers) and how they are joined.

    links: (item, item of the next column, operand or -1); an operand is what the link feeds.
    wires: by value, the items where its wire passes, in the columns after its own.
    outside: the values whose long wires run outside of the grid, and the columns they run to.
    """

    blocks: int
    columns: list[list[int]]
    column_of: list[int]
    half_breadth: list[float]
    paths: list[Path]
    clusters: list[Cluster]
    operands: list[list[tuple[int, int]]]
    wires: dict[int, list[int]] = field(default_factory=dict)
    outside: dict[int, int] = field(default_factory=dict)
    links: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, column: int, half_breadth: float, path: Path) -> int:
        """Put a new item at the end of a column."""
        item = len(self.column_of)
        self.column_of.append(column)
        self.half_breadth.append(half_breadth)
        self.paths.append(path)
        self.columns[column].append(item)
        return item


def build_grid(picture: Picture, blocks: list[Block]) -> Grid:
    """Give every block a column and every wire its points; columns are in topological order."""
    index = {box.id: place for place, box in enumerate(picture.boxes)}
    operands = [
        [
            (place, index[operand.source])
            for place, operand in enumerate(box.operands)
            if operand.constant is None
        ]
        for box in picture.boxes
    ]
    consumers: list[list[int]] = [[] for _ in operands]
    for item, sources in enumerate(operands):
        for source in dict.fromkeys(source for _, source in sources):
            consumers[source].append(item)
    paths = _paths(picture)
    column_of = assign_columns(operands, consumers, paths)
    columns: list[list[int]] = [[] for _ in range(max(column_of) + 1)]
    for item, column in enumerate(column_of):
        columns[column].append(item)
    half_breadth = [block.half_breadth for block in blocks]
    clusters = _clusters(picture, paths, column_of)
    grid = Grid(len(blocks), columns, column_of, half_breadth, paths, clusters, operands)
    _run_wires(grid, consumers)
    _add_spacers(grid)
    return grid


def _paths(picture: Picture) -> list[Path]:
    """For each box the scopes around it by their numbers, the outermost first."""
    numbers = {scope: number for number, scope in enumerate(picture.scopes)}
    return [
        tuple(numbers[box.scope[:depth]] for depth in range(1, len(box.scope) + 1))
        for box in picture.boxes
    ]


def _clusters(picture: Picture, paths: list[Path], column_of: list[int]) -> list[Cluster]:
    clusters: dict[int, Cluster] = {}
    for box, path, column in zip(picture.boxes, paths, column_of, strict=True):
        for depth, place in enumerate(path, start=1):
            new = Cluster(box.scope[:depth], path[:depth], column, column)
            cluster = clusters.setdefault(place, new)
            cluster.first = min(cluster.first, column)
            cluster.last = max(cluster.last, column)
    return [clusters[place] for place in sorted(clusters)]


def _run_wires(grid: Grid, consumers: list[list[int]]) -> None:
    """Lead wires to their consumers, as soon as possible inside of the clusters around all."""
    ends = {
        source: max(grid.column_of[item] for item in users)
        for source, users in enumerate(consumers)
        if users
    }
    passes = {source: last - grid.column_of[source] - 1 for source, last in ends.items()}
    budget = max(FEWEST_WIRE_POINTS, 4 * grid.blocks)
    for source in sorted(passes, key=passes.__getitem__):
        budget -= passes[source]
        if budget < 0 < passes[source]:
            grid.outside[source] = ends[source] - 1
    for source, last in ends.items():
        if source in grid.outside or not passes[source]:
            continue
        path = grid.paths[consumers[source][0]]
        for item in consumers[source]:
            path = common_path(path, grid.paths[item])
        for column in range(grid.column_of[source] + 1, last):
            inside = [place for place in path if grid.clusters[place].spans(column)]
            point = grid.add(column, WIRE_HALF_BREADTH, tuple(inside))
            grid.wires.setdefault(source, []).append(point)
    for source, points in grid.wires.items():
        grid.links += [(item, point, -1) for item, point in pairwise([source, *points])]
    for item, sources in enumerate(grid.operands):
        for operand, source in sources:
            feeder = feeding_item(grid, source, item)
            if feeder is not None:
                grid.links.append((feeder, item, operand))


def feeding_item(grid: Grid, source: int, item: int) -> int | None:
    """The item of the column before from which a source feeds an item, None if from outside."""
    distance = grid.column_of[item] - grid.column_of[source]
    if distance == 1:
        return source
    return None if source in grid.outside else grid.wires[source][distance - 2]


def _add_spacers(grid: Grid) -> None:
    """Keep a cluster's room free also in columns, between its first and last, without a member."""
    occupied = {
        (place, column)
        for path, column in zip(grid.paths, grid.column_of, strict=True)
        for place in path
    }
    # Innermost first: a spacer of a cluster occupies the clusters around it too.
    for place in reversed(range(len(grid.clusters))):
        cluster = grid.clusters[place]
        for column in range(cluster.first, cluster.last + 1):
            if (place, column) not in occupied:
                grid.add(column, 0.0, cluster.path)
                occupied.update((outer, column) for outer in cluster.path)
