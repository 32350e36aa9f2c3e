"""Large graphs in fewer boxes, by scope, by pattern or as a table: what `collapse` chooses.

A root always has its own box. Values in scopes are gathered by scope. A value outside of all
scopes has its own box too, unless more than `MANY` are alike: those of one label or list, or,
without a label, the leaves, and the results that come after as many changes from scopes to the
outside. In a graph without scopes values are gathered by pattern or, if it has too many, by ranges
of steps.

Scopes that repeat those inside, such as the blocks of a transformer at each position, become a
table: a column for each outermost scope, and a row for each scope inside. Before the first column
stand the boxes outside of all scopes that feed a cell, as weights do; below the last row stand the
others.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from autograd_mini.drawing.acyclic_groups import Part, Sources, order_of, split_groups
from autograd_mini.drawing.patterns import find_patterns
from autograd_mini.drawing.picture import (
    Box,
    Cell,
    Group,
    Picture,
    PictureEdge,
    Scope,
    Stub,
    ValueBox,
)
from autograd_mini.symbols.blocks import in_order, is_table
from autograd_mini.symbols.names import list_name

Collapse = Literal["auto", "neuron", "layer"] | None
COLLAPSES: tuple[Collapse, ...] = ("auto", "neuron", "layer", None)

# In values or in boxes: the largest picture that can be read.
LARGEST_READABLE = 300
MANY = 10
MOST_PATTERNS = 150
RANGES_OF_STEPS = 24
MOST_CELLS = 200
# A leaf whose list has fewer is drawn by itself.
FEWEST_OF_LIST = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a group: its name and the scopes that it is drawn in.

    alike: tells kinds of one name apart.
    """

    name: str
    scope: Scope
    alike: Hashable = None


def collapse(picture: Picture, how: Collapse) -> Picture:
    """Gather the values of each innermost ("neuron") or outermost ("layer") scope in a box.

    "auto" leaves a picture that can be read as it is, gathers by pattern where there are no scopes,
    makes a table where scopes repeat those inside, and else takes "neuron" if that can be read.
    """
    if how is None:
        return picture
    if how == "auto":
        if len(picture.values) <= LARGEST_READABLE:
            return picture
        if not any(value.scope for value in picture.values):
            return _without_scopes(picture)
        table = _table_of_scopes(picture)
        if table is not None:
            return table
        neurons = collapse(picture, "neuron")
        return neurons if len(neurons.boxes) <= LARGEST_READABLE else collapse(picture, "layer")
    sources = sources_of(picture)
    depth = 1 if how == "layer" else None
    scopes = [value.scope[:depth] for value in picture.values]
    around = {scope[:length] for scope in scopes for length in range(len(scope))}
    frames = [scope if scope in around else scope[:-1] for scope in scopes]
    kinds = [
        Kind(scope[-1], frame, scope) if scope else kind
        for scope, frame, kind in zip(scopes, frames, kinds_outside(picture, sources, scopes))
    ]
    gathered = gather(picture, sources, kinds, frames)
    return gathered if gathered.groups else picture


def _without_scopes(picture: Picture) -> Picture:
    """The values of each pattern, or of each range of steps, in a box."""
    sources = sources_of(picture)
    patterns = find_patterns(picture, sources)
    kinds: list[Kind | None]
    if len(set(patterns)) <= MOST_PATTERNS:
        kinds = [Kind(pattern.text, (), pattern.alike) for pattern in patterns]
    else:
        length = -(-max(pattern.step for pattern in patterns) // RANGES_OF_STEPS)
        firsts = [(max(0, pattern.step - 1)) // length * length + 1 for pattern in patterns]
        kinds = [Kind(f"steps {first:,} to {first + length - 1:,}", ()) for first in firsts]
    return gather(picture, sources, kinds, [()] * len(kinds))


def sources_of(picture: Picture) -> Sources:
    """For each box the places of those that its edges come from, with multiplicity."""
    places = {box.id: place for place, box in enumerate(picture.boxes)}
    return [
        [places[operand.source] for operand in box.operands if operand.constant is None]
        for box in picture.boxes
    ]


def gather(
    picture: Picture, sources: Sources, kinds: Sequence[Kind | None], frames: Sequence[Scope]
) -> Picture:
    """Draw the values of each kind as one box, or as several where one would feed itself.

    kinds: by box, None for one that stays as it is, as roots always do. frames: the scopes that
    those are drawn in.
    """
    kinds = [None if box.id in picture.roots else kind for box, kind in zip(picture.boxes, kinds)]
    numbers: dict[Hashable, int] = {}
    parts = split_groups(
        [
            numbers.setdefault(place if kind is None else kind, len(numbers))
            for place, kind in enumerate(kinds)
        ],
        sources,
    )
    members: dict[Part, list[int]] = {}
    for place, part in enumerate(parts):
        members.setdefault(part, []).append(place)
    order, feeding = order_of(parts, sources)
    ids = _ids(picture, order, members)
    titles = _titles(order, members, kinds)
    boxes: list[Box] = []
    for part in order:
        first, *others = members[part]
        kind = kinds[first]
        if kind is None or not others:
            fed = [ids[parts[source]] for source in sources[first]]
            box = picture.boxes[first]
            if isinstance(box, ValueBox):
                box = replace(box.fed_by(fed), scope=frames[first])
            boxes.append(box)
        else:
            boxes_inside = (picture.boxes[place] for place in members[part])
            values = [box for box in boxes_inside if isinstance(box, ValueBox)]
            fed_by = {ids[other]: count for other, count in feeding[part].items() if other != part}
            boxes.append(_group(ids[part], replace(kind, name=titles[part]), values, fed_by))
    return Picture(tuple(boxes), picture.roots, picture)


def kinds_outside(picture: Picture, sources: Sources, scopes: Sequence[Scope]) -> list[Kind | None]:
    """The kinds of boxes outside of the given scopes, where there are many of one."""
    changes: list[int] = []  # from scopes to the outside, on the way to each box
    for scope, feeding in zip(scopes, sources):
        reached = (changes[source] + (not scope and bool(scopes[source])) for source in feeding)
        changes.append(max(reached, default=0))
    labels = Counter(box.label for box in picture.boxes if isinstance(box, ValueBox))
    lists = {label: list_name(label) for label, count in labels.items() if count <= MANY}
    kinds = [
        None
        if scope or isinstance(box, Stub) or box.id in picture.roots
        else Kind(lists.get(box.label, box.label), (), ("label", box.operation is None))
        if isinstance(box, ValueBox) and box.label
        else Kind("leaves", ())
        if box.operation is None
        else Kind("results", (), count)
        for box, scope, count in zip(picture.boxes, scopes, changes)
    ]
    counts = Counter(kinds)
    return [kind if counts[kind] > MANY else None for kind in kinds]


def _ids(picture: Picture, order: list[Part], members: dict[Part, list[int]]) -> dict[Part, str]:
    groups = [part for part in order if len(members[part]) > 1]
    ids = {part: picture.boxes[places[0]].id for part, places in members.items()}
    ids.update((part, f"g{number}") for number, part in enumerate(groups, start=1))
    return ids


def _titles(
    order: list[Part], members: dict[Part, list[int]], kinds: Sequence[Kind | None]
) -> dict[Part, str]:
    """The titles of groups, in order, with a number where several have the same name."""
    full = {
        part: (kind.scope, kind.name)
        for part in order
        if (kind := kinds[members[part][0]]) is not None
    }
    counts = Counter(full.values())
    seen: Counter[tuple[Scope, str]] = Counter()
    titles = {}
    for part, title in full.items():
        seen[title] += 1
        number = f" ({seen[title]}/{counts[title]})" if counts[title] > 1 else ""
        titles[part] = title[1] + number
    return titles


def _group(name: str, kind: Kind, values: list[ValueBox], fed_by: dict[str, int]) -> Group:
    data = [value.data for value in values]
    broken = any(map(math.isnan, data))
    grads = [value.grad for value in values if value.grad is not None]
    signs = {math.copysign(1, grad) for grad in grads if grad}
    return Group(
        id=name,
        name=kind.name,
        members=tuple(value.id for value in values),
        low=math.nan if broken else min(data),
        high=math.nan if broken else max(data),
        grad_norm=math.hypot(*grads) if grads else None,
        sign=int(signs.pop()) if len(signs) == 1 else 0,
        scope=kind.scope,
        operands=tuple(
            PictureEdge(f"e{name}_{place}", source, None, None, count)
            for place, (source, count) in enumerate(fed_by.items())
        ),
    )


# -- tables ----------------------------------------------------------------------------------------


def _table_of_scopes(picture: Picture) -> Picture | None:
    """The picture with a box for each cell; None if its scopes are no table that can be read."""
    sources = sources_of(picture)
    cells = [value.scope[:2] for value in picture.values]
    if not is_table(cells, sources):
        return None
    lists = Counter(list_name(value.label) for value in picture.values if not value.scope)
    kinds = [_kind_in_table(value, lists) for value in picture.values]
    gathered = gather(picture, sources, kinds, [cell[:1] for cell in cells])
    placed = _cells(gathered, {value.id: value.scope for value in picture.values})
    is_readable = len(placed) == len(gathered.boxes) <= MOST_CELLS
    return replace(gathered, cells=placed) if is_readable else None


def _kind_in_table(value: ValueBox, lists: Counter[str]) -> Kind:
    """The kind of a value: its cell, or outside of all scopes its list, a leaf or a result."""
    if value.scope:
        return Kind(value.scope[-1] if len(value.scope) == 1 else value.scope[1], value.scope[:1])
    if value.operation is not None:
        return Kind("results", ())
    name = list_name(value.label)
    if not name:
        return Kind("leaves", ())
    return Kind(name, (), "list") if lists[name] >= FEWEST_OF_LIST else Kind(value.label, (), "one")


def _cells(picture: Picture, scopes: Mapping[str, tuple[str, ...]]) -> dict[str, Cell]:
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
