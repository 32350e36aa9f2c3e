"""Carrying: what a claim may be if it was computed from the numbers printed before it.

Every value and derivative that a sheet has printed is known to one unit of its last digit. What
was computed from these is enclosed: values by their definitions, derivatives by the chain rule
over the named values between.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.sheets.enclosures import enclose
from autograd_mini.checking.sheets.intervals import Interval, interval
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import factor, section

# Operations in one factor of the chain rule; more than any line of a sheet has.
LARGEST = 10_000


def enclosures(
    tree: ast.expr,
    scene: Scene,
    definitions: Mapping[str, ast.expr],
    printed: Mapping[str, Interval],
) -> Iterator[Interval]:
    """What an expression may come to: by the chain rule from the root down, and from the leaf up.

    definitions: the expression of every value in `scene`, in order. printed: what is known of
        values and derivatives. What is known of the whole expression does not count.
    """
    if isinstance(tree, ast.Name):
        printed = {name: digits for name, digits in printed.items() if name != tree.id}
        tree = definitions.get(tree.id, tree)
    scene = scene.narrowed(tree)
    for upwards in (False, True):
        try:
            enclosure = Carrying(scene, definitions, printed, upwards).enclose(tree)
        except (ValueError, LookupError, ArithmeticError):
            continue  # somewhere between the bounds it does not exist
        if enclosure.bounded:
            yield enclosure


class Carrying:
    """The named values of a scene as intervals, computed from those that have been printed."""

    def __init__(
        self,
        scene: Scene,
        definitions: Mapping[str, ast.expr],
        printed: Mapping[str, Interval],
        upwards: bool,
    ) -> None:
        self.scene = scene
        self.printed = printed
        self.upwards = upwards
        # A value may have several names; the chain rule knows it by its first.
        self.names: dict[int, str] = {}
        for name, value in scene.values.items():
            self.names.setdefault(id(value), name)
        self.values: dict[str, Interval] = {}
        for name in scene.values:
            self.values[name] = printed.get(name) or self.enclose(definitions[name])

    def enclose(self, tree: ast.expr) -> Interval:
        return enclose(tree, {name: self.number(name) for name in names_in(tree)})

    def number(self, name: str) -> Interval:
        """What is known of a value or a derivative."""
        if name in self.printed:
            return self.printed[name]
        ends = self.scene.ends(name)
        if ends is None:
            return self.values[name]
        y, x = (self.names[id(self.scene.values[end])] for end in ends)
        return self.tangent(y, x) if self.upwards else self.adjoint(y, x)

    def adjoint(self, y: str, x: str) -> Interval:
        """dy/dx, worked out from y downwards."""
        leading = self.depending_on(x)
        adjoints = dict.fromkeys(leading, interval(0.0))
        adjoints[y] = interval(1.0)
        for result in reversed(leading[: leading.index(y) + 1] if y in leading else []):
            if result not in (x, y):
                adjoints[result] = self.printed.get(f"d{y}/d{result}", adjoints[result])
            for operand in self.operands[result]:
                if operand in adjoints and result != x:
                    adjoints[operand] += adjoints[result] * self.factor(result, operand)
        return adjoints.get(x, interval(0.0))

    def tangent(self, y: str, x: str) -> Interval:
        """dy/dx, worked out from x upwards."""
        tangents = {x: interval(1.0)}
        for result in self.depending_on(x)[1:]:
            tangents[result] = self.printed.get(f"d{result}/d{x}") or sum(
                (
                    self.factor(result, operand) * tangents[operand]
                    for operand in self.operands[result]
                    if operand in tangents
                ),
                interval(0.0),
            )
            if result == y:
                break
        return tangents.get(y, interval(0.0))

    def factor(self, result: str, operand: str) -> Interval:
        """d result / d operand along the way that meets no other name."""
        derivative = f"d{result}/d{operand}"
        if derivative in self.printed:
            depending = set(self.depending_on(operand)) - {operand}
            if not depending.intersection(self.operands[result]):
                return self.printed[derivative]
        above, below = self.scene.values[result], self.scene.values[operand]
        if self.size(above, below) > LARGEST:
            raise ValueError(f"{derivative} is too long to be written down; name parts of it")
        return self.enclose(factor(above, below, self.is_step, self.name))

    def size(self, result: Value, operand: Value) -> int:
        """About how many operations d result / d operand takes, written out.

        What is used twice is written twice: a few values that no line names may be many then.
        """
        nodes = section(result, self.is_step)
        formulas: Counter[int] = Counter()
        adjoints = Counter({id(result): 1})
        for node in nodes:
            formulas[id(node)] = 1 + sum(formulas[id(below)] for below in node.operands)
        for node in reversed(nodes):
            for below in node.operands:
                adjoints[id(below)] += adjoints[id(node)] + formulas[id(node)]
        return adjoints[id(operand)]

    @cached_property
    def operands(self) -> dict[str, tuple[str, ...]]:
        """For each value the named ones right below it."""
        return {
            name: tuple(
                dict.fromkeys(
                    self.names[id(operand)]
                    for node in section(self.scene.values[name], self.is_step)
                    for operand in node.operands
                    if id(operand) in self.names
                )
            )
            for name in self.names.values()
        }

    def depending_on(self, x: str) -> list[str]:
        """x and the values that depend on it, operands before results."""
        found = {x}
        for name, operands in self.operands.items():
            if not found.isdisjoint(operands):
                found.add(name)
        return [name for name in self.operands if name in found]

    def is_step(self, value: Value) -> bool:
        return id(value) in self.names

    def name(self, value: Value) -> str:
        """Raises: LookupError for a leaf that the sheet does not name."""
        return self.names[id(value)]
