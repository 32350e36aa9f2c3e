"""The units of a graph: weighted sums of inputs and of other units, with what follows each sum.

A graph of scalars has no units; they are found by their form. A unit is a sum of products, each of
a leaf, its weight, and an input or the output of another unit. A leaf or a number that is added is
its bias. Operations on the sum alone, as an activation, belong to the unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names

WEIGHT = re.compile(r"w|theta|\N{GREEK SMALL LETTER THETA}", re.IGNORECASE)
BIAS = re.compile("b", re.IGNORECASE)
SUMS = {"+", "-"}
TARGET = re.compile(r"(t|y|target)(?![^\W\d_])", re.IGNORECASE)

HINT = "draw_network draws weighted sums such as w1*x1 + w2*x2 + b; draw(root) draws every graph"

Number = Value | float
Term = tuple[Number, int]  # and its sign


@dataclass(eq=False)
class NetworkInput:
    """An input of the network, a leaf or a number."""

    name: str
    number: Number


@dataclass(frozen=True, slots=True)
class Connection:
    """A weight, the number that it multiplies, and the input or the unit that gives this number.

    product: of both.
    """

    weight: Value
    factor: Number
    source: NetworkInput | Unit
    product: Value


@dataclass(eq=False)
class Unit:
    """A weighted sum, and the value that follows from it alone.

    biases: with their signs. level: 1 for a unit that inputs alone feed.
    """

    net: Value
    connections: list[Connection]
    biases: list[Term]
    level: int
    output: Value


@dataclass(frozen=True, slots=True)
class Network:
    """The units of a graph, operands before results.

    outputs: the units that feed no other. root: the last result, if it is not an output of a unit.
    calls: the uses of each unit, as for the samples of a batch; a unit is its first use.
    """

    names: Names
    units: list[Unit]
    outputs: list[Unit]
    root: Value | None
    calls: dict[Unit, list[Unit]]

    @property
    def uses(self) -> int:
        """The most uses of a unit."""
        return max(map(len, self.calls.values()))


def find_network(names: Names) -> Network:
    """Find the units of a graph.

    Raises: ValueError if it has none, or weights that belong to no unit.
    """
    search = _Search(names)
    for value in names.values:
        if value.op is not None and not search.is_part(value):
            search.visit(value)
    if not search.units:
        raise ValueError(f"the graph is not a network: it has no units; {HINT}")
    search.check()
    return search.network()


class _Search:
    """Reads a graph in topological order.

    of: the unit that a value belongs to, where it depends on one alone. above: the values that
        depend on any unit.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self.units: list[Unit] = []
        self.of: dict[Value, Unit] = {}
        self.above: set[Value] = set()
        self.sources: dict[object, NetworkInput] = {}
        consumers: dict[Value, list[Value]] = {}
        for value in names.values:
            for operand in value.operands:
                if isinstance(operand, Value):
                    consumers.setdefault(operand, []).append(value)
        self.parts = {
            value
            for value, (consumer, *others) in consumers.items()
            if not others and not value.label and binary_symbol(value) in SUMS | {"*"}
            if binary_symbol(consumer) in SUMS
        }

    def is_part(self, value: Value) -> bool:
        """True for an unnamed sum or product that is used once, as a term of a sum."""
        return value in self.parts

    def visit(self, top: Value) -> None:
        """Make a unit of a weighted sum; else of its terms, and find the unit that it follows."""
        waiting = [top]
        visited = []
        while waiting:
            value = waiting.pop()
            unit = self._unit(value)
            if unit is None:
                visited.append(value)
                waiting += [each for each in value.operands if each in self.parts]
            else:
                self.units.append(unit)
                self.of[value] = unit
                self.above.add(value)
        for value in reversed(visited):
            operands = [each for each in value.operands if isinstance(each, Value)]
            owners = {self.of.get(operand) for operand in operands}
            owner = owners.pop()
            if owner is not None and not owners:
                self.of[value] = owner
            if any(operand in self.above for operand in operands):
                self.above.add(value)

    def _unit(self, value: Value) -> Unit | None:
        products: list[tuple[Value, Number, Value]] = []
        biases: list[Term] = []
        for term, sign in self._terms(value):
            product = self._product(term)
            bias = self._bias(term, sign)
            if product is not None and sign > 0:
                products.append(product)
            elif product is None and bias is not None:
                biases.append((bias, sign))
            else:
                return None
        if not products:
            return None
        if len(products) + len(biases) == 1 and not WEIGHT.match(products[0][0].label):
            return None  # a product of any two values
        connections = [
            Connection(weight, factor, self._source(factor, place), product)
            for place, (weight, factor, product) in enumerate(reversed(products), start=1)
        ]
        units = (each.source for each in connections if isinstance(each.source, Unit))
        level = 1 + max((unit.level for unit in units), default=0)
        return Unit(value, connections, biases[::-1], level, value)

    def _terms(self, value: Value) -> Iterator[Term]:
        """The terms of a sum and their signs, the last first.

        An added 0, from which `sum` starts, is left out.
        """
        waiting: list[Term] = [(value, 1)]
        while waiting:
            term, sign = waiting.pop()
            is_inside = term is value or term in self.parts
            if isinstance(term, Value) and is_inside and binary_symbol(term) in SUMS:
                left, right = term.operands
                waiting += [(left, sign), (right, sign if binary_symbol(term) == "+" else -sign)]
            elif isinstance(term, Value) or term != 0 or sign < 0:
                yield term, sign

    def _product(self, term: Number) -> tuple[Value, Number, Value] | None:
        """The weight and the factor of a term, and the term; None for another term."""
        if not isinstance(term, Value) or binary_symbol(term) != "*" or term.label:
            return None
        left, right = term.operands
        for weight, factor in ((left, right), (right, left)):
            if not isinstance(weight, Value) or weight.op is not None or weight is factor:
                continue
            if TARGET.match(weight.label):
                continue
            if not isinstance(factor, Value):
                is_bias = factor == 1.0 and BIAS.match(weight.label)
                return None if is_bias else (weight, factor, term)
            if factor in self.of:
                return weight, factor, term
            if factor.op is None and self._is_weight(weight, factor, term):
                return weight, factor, term
        return None

    def _is_weight(self, leaf: Value, other: Value, term: Value) -> bool:
        """True if the first of two leaves is the weight: by its name, else its scope or place."""
        if WEIGHT.match(leaf.label) or WEIGHT.match(other.label):
            return bool(WEIGHT.match(leaf.label))
        if (leaf.scope == term.scope) != (other.scope == term.scope):
            return bool(leaf.scope == term.scope)
        return leaf is term.operands[0]

    def _bias(self, term: Number, sign: int) -> Number | None:
        """A leaf or number that is added, also as its product with 1; None for another term.

        A leaf that is subtracted may be a threshold; a target or a number that is, belongs to an
        error.
        """
        if not isinstance(term, Value):
            return term if sign > 0 else None
        if term.op is None:
            return None if sign < 0 and (TARGET.match(term.label) or not term.label) else term
        if binary_symbol(term) == "*" and 1.0 in term.operands:
            (leaf,) = (each for each in term.operands if isinstance(each, Value))
            return leaf if leaf.op is None else None
        return None

    def _source(self, factor: Number, place: int) -> NetworkInput | Unit:
        if not isinstance(factor, Value):
            return self.sources.setdefault((place, factor), NetworkInput(f"x{place}", factor))
        if factor in self.of:
            return self.of[factor]
        return self.sources.setdefault(factor, NetworkInput(self.names(factor), factor))

    def check(self) -> None:
        """Refuse a graph with leaves that add to or multiply a part of a network, unlike slides.

        Raises: ValueError.
        """
        known = {each.weight for unit in self.units for each in unit.connections}
        for unit in self.units:
            for bias, _ in unit.biases:
                if bias in self.sources or bias in known:
                    assert isinstance(bias, Value)
                    raise ValueError(
                        f"the graph is not a network of units: {self.names(bias)} is added to a "
                        f"weighted sum, and is an input or a weight as well; {HINT}"
                    )
        for value in self.names.values:
            if binary_symbol(value) != "*":
                continue
            for leaf, factor in (value.operands, value.operands[::-1]):
                if not isinstance(leaf, Value) or leaf.op is not None or factor not in self.above:
                    continue
                is_weight = WEIGHT.match(leaf.label) or not leaf.label
                if is_weight and leaf not in known and isinstance(factor, Value):
                    raise ValueError(
                        f"the graph is not a network of units: {self.names(leaf)} multiplies "
                        f"{self.names(factor)}, which is neither an input nor the output of one "
                        f"unit; {HINT}"
                    )

    def network(self) -> Network:
        """The units, each once; a unit whose weights are used by another of its level is one."""
        calls: dict[object, list[Unit]] = {}
        for unit in self.units:
            key = (unit.level, *(each.weight for each in unit.connections))
            calls.setdefault(key, []).append(unit)
        for each in (each for unit in self.units for each in unit.connections):
            if isinstance(each.source, Unit) and isinstance(each.factor, Value):
                each.source.output = each.factor
        feeding = {each.source for unit in self.units for each in unit.connections}
        self._activate({unit for unit in self.units if unit not in feeding})
        kept = {uses[0]: uses for uses in calls.values()}
        outputs = [unit for unit in kept if unit not in feeding]
        root = self.names.roots[-1]
        is_output = any(root is unit.output for unit in kept)
        return Network(self.names, list(kept), outputs, None if is_output else root, kept)

    def _activate(self, last: set[Unit]) -> None:
        """Find the outputs of the last units, behind operations on their sums in the same scope."""
        for value in self.names.values:
            unit = self.of.get(value)
            if (
                unit is None
                or unit not in last
                or value is unit.net
                or unit.output not in value.operands
            ):
                continue
            is_activation = value.op is not None and value.op.symbol.isidentifier()
            if value.scope == unit.net.scope and (is_activation or value.label):
                unit.output = value


def binary_symbol(value: Value) -> str:
    """The symbol of the operation of two operands that made a value, "" for another."""
    return value.op.symbol if value.op is not None and len(value.operands) == 2 else ""
