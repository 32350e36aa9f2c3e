"""Layers: the sum of a program over rows, in which whole layers are products of matrices.

tape --flat sums--> nodes --alike nodes--> groups --one vector each--> lines

A group holds nodes of the same operation whose operands are in the same groups, such as all units
of a layer. Its numbers are one array, of a row for each row of the batch and a column for each
node; a group that depends on parameters alone is an array of one axis. A sum of parameters times
values is `@`. Nodes of a group do not depend on each other, so every graph has such a program. It
pays where groups are large.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from autograd_mini.compiler.problem import Problem
from autograd_mini.compiler.targets.source import bracketed
from autograd_mini.engine.operation import Operation, find
from autograd_mini.symbols.code import ArrayCode, indented
from autograd_mini.symbols.tape import Entry
from autograd_mini.symbols.terms import Term, Terms

# The program by layers is taken where the graph has so many operations for each of its arrays. With
# fewer, JAX takes longer than for the scalar program; networks of 8, 12 and 16 units a layer, alone
# and among scalar lines, were measured.
FEWEST_ALIKE = 16

Operand = int | float


class Node(NamedTuple):
    """operation: a row of the table, "sum" of the operands, or "@", their sum times weights.

    operands: nodes by number, and constants. weights: the columns of the parameters.
    """

    operation: Operation | str
    operands: tuple[Operand, ...]
    weights: tuple[int, ...] = ()


@dataclass
class Vector:
    """One array. width: its columns. by_rows: whether it has an axis for the rows.

    moves: whether it depends on a parameter. adjoints: with the columns that each is for.
    """

    name: str
    width: int
    by_rows: bool
    moves: bool
    adjoints: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    @property
    def all(self) -> tuple[int, ...]:
        """All columns."""
        return tuple(range(self.width))


class Nodes:
    """The operations of a problem, with sums of any length as one node.

    found: the nodes by number, operands first. output: the number of the output. The numbers of
    parameters and rows are their places on the tape.
    """

    def __init__(self, problem: Problem) -> None:
        self.entries: Sequence[Entry] = problem.tape.entries
        self.found: dict[int, Node] = {}
        self.parameters: dict[int, int] = {place: k for k, place in enumerate(problem.wrt)}
        given = [problem.inputs[number] for number in problem.given]
        self.columns: dict[int, int] = {place: k for k, place in enumerate(given)}
        self._add, self._mul = find("add"), find("mul")
        self._operands: list[list[int]] = [problem.operands(k) for k in range(len(self.entries))]
        self._uses = Counter(each for places in self._operands for each in places)
        self._uses.update(problem.outputs)
        self._meant: dict[int, Operand] = {}
        inner = self._inner()
        for place, (row, operands, data, _) in enumerate(self.entries):
            if place in self.parameters or place in self.columns:
                self._meant[place] = place
            elif row is None:
                self._meant[place] = data
            elif row is self._add and place not in inner:
                self._meant[place] = self._sum(self._summands(place, inner))
            elif place not in inner:
                self._meant[place] = self._node(row, *map(self._operand, operands))
        self.output: Operand = self._meant[problem.outputs[0]]

    def _operand(self, operand: Operand) -> Operand:
        return self._meant[operand] if isinstance(operand, int) else operand

    def _inner(self) -> set[int]:
        """The places that only one sum uses: sums, and products of a parameter and a value."""
        inner: set[int] = set()
        of_rows = set(self.columns)
        for place, operands in enumerate(self._operands):
            if not of_rows.isdisjoint(operands):
                of_rows.add(place)
            if self.entries[place].operation is not self._add:
                continue
            for each in operands:
                row, factors = self.entries[each].operation, self._operands[each]
                weights = sum(factor in self.parameters for factor in factors)
                is_product = row is self._mul and weights == 1 and not of_rows.isdisjoint(factors)
                if self._uses[each] == 1 and (row is self._add or is_product):
                    inner.add(each)
        return inner

    def _summands(self, place: int, inner: set[int]) -> Iterator[Operand]:
        pending: list[Operand] = [place]
        while pending:
            each = pending.pop()
            if isinstance(each, int) and (
                each == place or (each in inner and self.entries[each].operation is self._add)
            ):
                pending += reversed(self.entries[each].operands)
            else:
                yield each

    def _sum(self, summands: Iterator[Operand]) -> Operand:
        weights: list[int] = []
        values: list[Operand] = []
        rest: list[Operand] = []
        constant = 0.0
        for each in summands:
            if isinstance(each, int) and each not in self._meant:  # a product
                left, right = self._operands[each]
                if left not in self.parameters:
                    left, right = right, left
                weights.append(self.parameters[left])
                values.append(self._operand(right))
            elif isinstance(meant := self._operand(each), int):
                rest.append(meant)
            else:
                constant += meant
        if len(rest) > 2 - bool(values):
            rest = [self._node("sum", *rest)]
        if values:
            rest = [self._node("@", *values, weights=weights), *rest]
        if constant or not rest:
            rest.append(constant)
        total, *others = rest
        for each in others:
            total = self._node(self._add, total, each)
        return total

    def _node(
        self, operation: Operation | str, *operands: Operand, weights: Sequence[int] = ()
    ) -> int:
        number = len(self.entries) + len(self.found)
        self.found[number] = Node(operation, operands, tuple(weights))
        return number


class LayersSource:
    """The function `total(parameters, rows)` over arrays, for a problem of one output.

    It gives the sum of the values over the rows, the sums of the gradients as one array, and a
    number that is finite where every value is. pays: whether the graph has enough units alike.
    """

    def __init__(self, problem: Problem) -> None:
        nodes = Nodes(problem)
        self.code: ArrayCode = ArrayCode()
        self._terms = Terms()
        self._nodes = nodes
        self._names: Counter[str] = Counter()
        self._lines: list[str] = []
        self._backward: list[Callable[[], None]] = []
        self._parameters = Vector("parameters", len(problem.wrt), False, True)
        rows = Vector("rows", len(nodes.columns), True, False)
        self._at: dict[Operand, tuple[Vector, int]] = {
            **{place: (self._parameters, k) for place, k in nodes.parameters.items()},
            **{place: (rows, k) for place, k in nodes.columns.items()},
        }
        self._groups = alike(nodes)
        self._picked: dict[tuple[Operand, ...], Vector] = {}
        self._looked_at: list[str] = []
        operations = sum(entry.operation is not None for entry in problem.tape.entries)
        self.pays: bool = isinstance(nodes.output, int) and (
            FEWEST_ALIKE * len(self._groups) <= operations
        )

    def total(self) -> str:
        """The source of the function."""
        for numbers in self._groups:
            self._forward(numbers)
        output = self._vector([self._nodes.output])
        shape = "(count, 1)" if output.by_rows else "(1,)"
        each = "1.0" if output.by_rows else "float(count)"
        output.adjoints.append((f"{self._call('full')}({shape}, {each})", (0,)))
        value = f"{self._call('broadcast_to')}({output.name}, (count, 1)).sum()"
        forward, self._lines = self._lines, []
        for step in reversed(self._backward):
            step()
        found = self._gathered(self._parameters)
        body = [
            "count = rows.shape[0]",
            "# forward",
            *forward,
            "# finite where every value is",
            *(f"{'looked_at = ' if not k else 'looked_at += '}{each}.sum()"
              for k, each in enumerate(self._looked_at)),
            "# backward",
            *self._lines,
            f"gradients = {found}",
            f"return {value}, gradients, looked_at",
        ]  # fmt: skip
        return "\n".join(["def total(parameters, rows):", *indented(body), ""])

    # -- lines ----------------------------------------------------------------------------------

    def _call(self, name: str) -> str:
        return self.code.constant(name)

    def _line(self, kind: str, written: str) -> str:
        """A name for what is written: a new one, unless it is a name itself."""
        if written.isidentifier():
            return written
        self._names[kind] += 1
        name = f"{kind}{self._names[kind]}"
        self._lines += bracketed(f"{name} = ", written, "array([", "])")
        return name

    def _array(self, numbers: Sequence[int] | Sequence[list[int]]) -> str:
        """The name of an array of columns."""
        return self._line("i", f"{self._call('array')}({list(numbers)})")

    # -- forward --------------------------------------------------------------------------------

    def _vector(self, numbers: Sequence[Operand]) -> Vector:
        """The array of some nodes in order; all of a group are the group."""
        key = tuple(numbers)
        if key not in self._picked:
            self._picked[key] = self._pick(key)
        return self._picked[key]

    def _pick(self, numbers: tuple[Operand, ...]) -> Vector:
        sources: dict[int, tuple[Vector, list[int], list[int]]] = {}
        for k, number in enumerate(numbers):
            group, column = self._at[number]
            _, columns, places = sources.setdefault(id(group), (group, [], []))
            columns.append(column)
            places.append(k)
        if len(sources) == 1:
            group, columns, _ = next(iter(sources.values()))
            if tuple(columns) == group.all:
                return group
            written = f"{group.name}[..., {self._columns(columns)}]"
            by_rows = group.by_rows
        else:
            by_rows = any(group.by_rows for group, *_ in sources.values())
            pieces, order = [], []
            for group, columns, places in sources.values():
                piece = f"{group.name}[..., {self._columns(columns)}]"
                if by_rows and not group.by_rows:
                    piece = f"{self._call('broadcast_to')}({piece}, (count, {len(columns)}))"
                pieces.append(piece)
                order += places
            written = f"{self._call('concatenate')}([{', '.join(pieces)}], -1)"
            if order != sorted(order):
                back = sorted(range(len(order)), key=order.__getitem__)
                written += f"[..., {self._columns(back)}]"
        moves = any(group.moves for group, *_ in sources.values())
        found = Vector(self._line("v", written), len(numbers), by_rows, moves)
        self._backward.append(partial(self._back_to_sources, found, list(sources.values())))
        return found

    def _back_to_sources(
        self, found: Vector, sources: Sequence[tuple[Vector, list[int], list[int]]]
    ) -> None:
        if found.moves and found.adjoints:
            adjoint = self._adjoint(found)
            for group, columns, places in sources:
                if group.moves:
                    part = adjoint
                    if len(places) < found.width:
                        part = f"{adjoint}[..., {self._columns(places)}]"
                    self._add_adjoint(group, part, found, tuple(columns))

    def _columns(self, columns: Sequence[int]) -> str:
        """An index along the last axis; a slice where the columns have equal distances."""
        first, last = columns[0], columns[-1]
        by = columns[1] - first if len(columns) > 1 else 1
        if by > 0 and list(columns) == list(range(first, last + 1, by)):
            return f"{first}:{last + 1}" + (f":{by}" if by > 1 else "")
        return self._array(columns)

    def _forward(self, numbers: Sequence[int]) -> None:
        """The lines of a group."""
        nodes = [self._nodes.found[number] for number in numbers]
        first = nodes[0]
        if first.operation == "@":
            group = self._products(nodes, self._vector(first.operands))
        elif first.operation == "sum":
            group = self._summed(self._vector(first.operands))
        else:
            assert isinstance(first.operation, Operation)
            columns = [[node.operands[k] for node in nodes] for k in range(len(first.operands))]
            arrays = [self._column(each) for each in columns]
            if all(isinstance(each, float) or each.width < len(nodes) for each in arrays):
                # The same nodes several times.
                arrays = [
                    each if isinstance(each, float) else self._vector(column)
                    for each, column in zip(arrays, columns)
                ]
            group = self._row(first.operation, arrays)
        self._looked_at.append(group.name)
        self._at.update((number, (group, column)) for column, number in enumerate(numbers))

    def _column(self, operands: list[Operand]) -> Vector | float:
        """One operand of the nodes of a group; one column if it is the same for all."""
        if isinstance(operands[0], float):
            return operands[0]
        return self._vector(operands[:1] if len(set(operands)) == 1 else operands)

    def _products(self, nodes: Sequence[Node], values: Vector) -> Vector:
        table = [node.weights for node in nodes]
        weights = self._line("W", f"parameters[{self._matrix(table)}]")
        found = Vector(self._line("v", f"{values.name} @ {weights}.T"), len(nodes), True, True)
        flat = tuple(each for row in table for each in row)

        def back() -> None:
            if found.adjoints:
                adjoint = self._adjoint(found)
                self._parameters.adjoints.append((f"({adjoint}.T @ {values.name}).ravel()", flat))
                if values.moves:
                    values.adjoints.append((f"{adjoint} @ {weights}", values.all))

        self._backward.append(back)
        return found

    def _matrix(self, table: Sequence[Sequence[int]]) -> str:
        """The index of a matrix of parameters; of regular distances where it has them."""
        start = table[0][0]
        down = table[1][0] - start if len(table) > 1 else 1
        right = table[0][1] - start if len(table[0]) > 1 else 1
        regular = [
            tuple(start + down * i + right * j for j in range(len(table[0])))
            for i in range(len(table))
        ]
        if regular != list(table):
            return self._array(list(map(list, table)))
        arange = self._call("arange")
        parts = [str(start)] if start else []
        for by, axis in (down, f"({len(table)})[:, None]"), (right, f"({len(table[0])})"):
            parts.append(f"{'' if by == 1 else f'{by} * '}{arange}{axis}")
        return " + ".join(parts)

    def _summed(self, values: Vector) -> Vector:
        written = f"{values.name}.sum(-1, keepdims=True)"
        found = Vector(self._line("v", written), 1, values.by_rows, values.moves)

        def back() -> None:
            if values.moves and found.adjoints:
                shape = f"(count, {values.width})" if values.by_rows else f"({values.width},)"
                spread = f"{self._call('broadcast_to')}({self._adjoint(found)}, {shape})"
                values.adjoints.append((spread, values.all))

        self._backward.append(back)
        return found

    def _row(self, row: Operation, operands: Sequence[Vector | float]) -> Vector:
        arrays = [each for each in operands if isinstance(each, Vector)]
        terms: list[Term] = [
            self._terms.name(each.name) if isinstance(each, Vector) else self._terms.number(each)
            for each in operands
        ]
        found = Vector(
            self._line("v", self.code.text(self._terms.row(row, *terms))),
            max(each.width for each in arrays),
            any(each.by_rows for each in arrays),
            any(each.moves for each in arrays),
        )

        def back() -> None:
            if not found.adjoints:
                return
            adjoint, z = self._terms.name(self._adjoint(found)), self._terms.name(found.name)
            for position, operand in enumerate(operands):
                if isinstance(operand, Vector) and operand.moves:
                    slope = self._terms.partial(row, position, terms, z)
                    share = self.code.text(self._terms.product(adjoint, slope))
                    self._add_adjoint(operand, share, found, operand.all)

        self._backward.append(back)
        return found

    # -- backward -------------------------------------------------------------------------------

    def _add_adjoint(
        self, operand: Vector, share: str, result: Vector, columns: tuple[int, ...]
    ) -> None:
        """Add a share of the shape of the result, summed where the operand was broadcast."""
        if len(columns) == 1 < result.width:
            share = f"{enclosed(share)}.sum(-1, keepdims=True)"
        if result.by_rows and not operand.by_rows:
            share = f"{enclosed(share)}.sum(0)"
        operand.adjoints.append((share, columns))

    def _adjoint(self, group: Vector) -> str:
        """The name of the adjoint of a group."""
        return self._line("d", self._gathered(group))

    def _gathered(self, group: Vector) -> str:
        """The sum of the adjoints of a group, each for some columns."""
        if group.adjoints and all(columns == group.all for _, columns in group.adjoints):
            return " + ".join(written for written, _ in group.adjoints)
        places: list[list[int]] = [[] for _ in range(group.width)]
        pieces: list[str] = []
        count = 0
        for written, columns in group.adjoints:
            pieces.append(self._line("g", written))
            for column in columns:
                places[column].append(count)
                count += 1
        most = max(1, *map(len, places))
        if any(len(each) < most for each in places):
            shape = "(count, 1)" if group.by_rows else "1"
            pieces.append(f"{self._call('zeros')}({shape})")
        table = [each + [count] * (most - len(each)) for each in places]
        joined = f"{self._call('concatenate')}([{', '.join(pieces)}], -1)"
        if most == 1:
            return f"{joined}[..., {self._columns([each[0] for each in table])}]"
        return f"{joined}[..., {self._array(table)}].sum(-1)"


def enclosed(written: str) -> str:
    """In parentheses, unless it is a name."""
    return written if written.isidentifier() else f"({written})"


def alike(nodes: Nodes) -> list[list[int]]:
    """Groups of nodes that do not depend on each other and have the same operation.

    Their operands are in the same groups; sums of products have the same values. A group is after
    the groups of its operands.
    """
    group_of = {**dict.fromkeys(nodes.parameters, -1), **dict.fromkeys(nodes.columns, -2)}
    level_of = dict.fromkeys(group_of, 0)
    known: dict[tuple[object, ...], int] = {}
    groups: list[list[int]] = []
    levels: list[int] = []
    for number, (operation, operands, _) in nodes.found.items():
        level = 1 + max((level_of[each] for each in operands if isinstance(each, int)), default=0)
        if operation == "sum":
            kind: object = number  # each on its own
        elif operation == "@":
            kind = operands
        else:
            kind = tuple(
                group_of[each] if isinstance(each, int) else repr(each) for each in operands
            )
        group = known.setdefault((level, operation, kind), len(known))
        if group == len(groups):
            groups.append([])
            levels.append(level)
        groups[group].append(number)
        level_of[number], group_of[number] = level, group
    return [groups[k] for k in sorted(range(len(groups)), key=levels.__getitem__)]
