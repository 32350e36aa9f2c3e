"""Tables of scopes: graphs that do the same in one scope after another, such as at each position.

A table has a column for each outermost scope and a row for each scope inside, such as the positions
and the blocks of a transformer. Before the first column stand the boxes outside of all scopes that
feed a cell, as weights do; below the last row stand the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from autograd_mini.drawing.groups import LARGEST_READABLE, Kind, gather, sources_of
from autograd_mini.drawing.picture import Box, Cell, Group, Picture, ValueBox
from autograd_mini.symbols.blocks import in_order, is_table
from autograd_mini.symbols.names import list_name

MOST_CELLS = 200
# A leaf whose list has fewer is drawn by itself.
FEWEST_OF_LIST = 4


def table_of_scopes(picture: Picture) -> Picture | None:
    """The picture with a box for each cell; None if its scopes are no table that can be read."""
    if len(picture.values) <= LARGEST_READABLE:
        return None
    sources = sources_of(picture)
    cells = [value.scope[:2] for value in picture.values]
    if not is_table(cells, sources):
        return None
    lists = Counter(list_name(value.label) for value in picture.values if not value.scope)
    kinds = [_kind(value, lists) for value in picture.values]
    gathered = gather(picture, sources, kinds, [cell[:1] for cell in cells])
    placed = _placed(gathered, {value.id: value.scope for value in picture.values})
    is_readable = len(placed) == len(gathered.boxes) <= MOST_CELLS
    return replace(gathered, cells=placed) if is_readable else None


def _kind(value: ValueBox, lists: Counter[str]) -> Kind:
    """The kind of a value: its cell, or outside of all scopes its list, a leaf or a result."""
    if value.scope:
        return Kind(value.scope[-1] if len(value.scope) == 1 else value.scope[1], value.scope[:1])
    if value.operation is not None:
        return Kind("results", ())
    name = list_name(value.label)
    if not name:
        return Kind("leaves", ())
    return Kind(name, (), "list") if lists[name] >= FEWEST_OF_LIST else Kind(value.label, (), "one")


def _placed(picture: Picture, scopes: Mapping[str, tuple[str, ...]]) -> dict[str, Cell]:
    """The row and the column of every box."""
    rows = {box.id: _row(box, picture, scopes) for box in picture.boxes if box.scope}
    columns = {box.id: box.scope[0] for box in picture.boxes if box.scope}
    edges = [
        (operand.source, box.id)
        for box in picture.boxes
        for operand in box.operands
        if box.scope and operand.source in rows
    ]
    inside = [(source, box) for source, box in edges if columns[source] == columns[box]]
    order = in_order(_before(rows, inside))
    places = in_order(_before(columns, edges))
    cells = {name: Cell(order[rows[name]], places[columns[name]] + 1) for name in rows}
    used: dict[str, int] = {}  # the first row that a box feeds
    for box in picture.boxes:
        for operand in box.operands if box.id in cells else ():
            used[operand.source] = min(cells[box.id].row, used.get(operand.source, len(order)))
    below = len(order)
    for box in picture.boxes:
        if box.id in used and not box.scope:
            cells[box.id] = Cell(used[box.id], 0)
        elif not box.scope:
            cells[box.id] = Cell(below, len(places))
            below += 1
    return cells


def _row(box: Box, picture: Picture, scopes: Mapping[str, tuple[str, ...]]) -> str:
    """The name of a row: the title of a group, and of a root alone a name that no other has."""
    if isinstance(box, Group):
        return box.name
    return f"{' / '.join(scopes[box.id][1:])}{' root' * (box.id in picture.roots)}"


def _before(names: Mapping[str, str], edges: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """For each name of a row or column those that feed it. names: by box; edges: between boxes."""
    before: dict[str, set[str]] = {name: set() for name in names.values()}
    for source, box in edges:
        if names[source] != names[box]:
            before[names[box]].add(names[source])
    return before
