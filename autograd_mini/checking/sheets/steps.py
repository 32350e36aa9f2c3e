"""Steps: the values of a sheet as a graph of names, joined by the factors of the chain rule."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from functools import cached_property

from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.engine.operation import find
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import evaluate, factor, postorder, section, total

# Operations in one factor of the chain rule; more than any line of a sheet has.
LARGEST = 10_000


class Steps:
    """The named values of a sheet as a graph of names, joined by the factors of the chain rule."""

    def __init__(self) -> None:
        self.scene: Scene = Scene({})
        self.definitions: dict[str, ast.expr] = {}
        self._operands: dict[str, tuple[str, ...]] = {}
        self._results: dict[str, list[str]] = {}
        self._below: dict[str, frozenset[str]] = {}
        self._first_names: dict[int, str] = {}
        self._factors: dict[tuple[str, str], ast.expr] = {}
        self._through: dict[tuple[str, str, str], bool] = {}
        self._kinked: set[str] = set()
        self._derived: set[str] = set()
        self._ends: dict[str, tuple[str, str] | None] = {}

    def add(self, name: str, expression: ast.expr, scene: Scene) -> None:
        """Add the next value, by its definition. scene: the values so far, with this one."""
        self.scene = scene
        self.definitions[name] = expression
        self._ends.clear()
        self.__dict__.pop("terms_of_sums", None)
        self._first_names.setdefault(id(scene.values[name]), name)
        calls = (node.func for node in postorder(expression) if isinstance(node, ast.Call))
        if any(isinstance(called, ast.Name) and find(called.id).kink for called in calls):
            self._kinked.add(name)
        found = self._named_operands(name, expression)
        self._operands[name] = found
        if not self._derived.isdisjoint(found):
            self._derived.add(name)
        for operand in found:
            self._results.setdefault(operand, []).append(name)
        self._below[name] = frozenset({name}).union(*(self._below[below] for below in found))

    def _named_operands(self, name: str, expression: ast.expr) -> tuple[str, ...]:
        names = tuple(names_in(expression))
        if all(below in self.definitions for below in names):
            return names
        # A definition with a derivative in it depends on the values behind the derivative.
        self._derived.add(name)
        operands = (
            operand
            for node in section(self.scene.values[name], self._is_step)
            for operand in node.operands
        )
        return tuple(
            dict.fromkeys(
                self._first_names[id(each)] for each in operands if id(each) in self._first_names
            )
        )

    def ends(self, name: str) -> tuple[str, str] | None:
        """The names of Y and X if `name` is a derivative dY/dX, else None."""
        if name not in self._ends:
            self._ends[name] = self.scene.ends(name)
        return self._ends[name]

    def operands(self, name: str) -> tuple[str, ...]:
        """The named values right below a value."""
        return self._operands[name]

    def results(self, name: str) -> list[str]:
        """The named values right above a value."""
        return self._results.get(name, [])

    def below(self, name: str) -> frozenset[str]:
        """The names that a value depends on, its own included."""
        return self._below[name]

    def between(self, y: str, x: str) -> list[str]:
        """The names on the paths from x to y, both included, operands before results."""
        return [name for name in self.definitions if name in self._below[y] and self.uses(name, x)]

    def uses(self, y: str, x: str) -> bool:
        """True if y depends on x, or is x."""
        return x in self._below[y]

    def is_only_path(self, result: str, operand: str) -> bool:
        """True if `operand` reaches `result` directly, and through no other operand of it."""
        others = (below for below in self._operands[result] if below != operand)
        return not any(self.uses(below, operand) for below in others)

    def all_paths(self, x: str, through: str, y: str) -> bool:
        """True if every path from x to y leads through one value."""
        ends = (x, through, y)
        if ends not in self._through:
            reached = {x}
            for name in self.between(y, x):
                if name != through and not reached.isdisjoint(self._operands[name]):
                    reached.add(name)
            self._through[ends] = y not in reached
        return self._through[ends]

    def factor(self, result: str, operand: str, number: Callable[[str], float]) -> ast.expr:
        """d result / d operand over the paths that meet no other name.

        number: gives the numbers at which kinks are decided.
        """
        ends = (result, operand)
        if ends in self._factors:
            return self._factors[ends]
        expression = self.definitions[result]
        if not all(name in self.definitions for name in names_in(expression)):
            self._factors[ends] = self._long_factor(result, operand)
            return self._factors[ends]
        leaves = {name: Value(number(name), label=name) for name in names_in(expression)}
        value: Value = evaluate(expression, leaves)
        if value.op is not None:
            value.label = result
        names = {id(leaf): name for name, leaf in leaves.items()}
        tree = factor(value, leaves[operand], lambda node: id(node) in names)
        if not self.has_kink(result):
            self._factors[ends] = tree
        return tree

    def rests_on_derivative(self, name: str) -> bool:
        """True if the definition of a value, or of one below it, has a derivative in it."""
        return name in self._derived

    @cached_property
    def terms_of_sums(self) -> dict[str, list[tuple[str, str]]]:
        """For every name the sums in which it is a term, and its own terms.

        J = E + R: (E, J) for E, (R, J) for R, and both for J.
        """
        found: dict[str, list[tuple[str, str]]] = {}
        for result, tree in self.definitions.items():
            summands = _summands(tree)
            for operand in self._operands[result]:
                if operand in summands and self.is_only_path(result, operand):
                    for name in (operand, result):
                        found.setdefault(name, []).append((operand, result))
        return found

    def has_kink(self, name: str) -> bool:
        """True if the definition of a value has an operation with a kink, such as relu."""
        return name in self._kinked

    def one_step(self, name: str) -> list[ast.expr]:
        """A derivative as the chain rule gives it from the derivatives next to it, from both ends.

        dE/dx = dE/dh1 * (dh1/dx, written out) + dE/dh2 * (dh2/dx, written out), and so on.
        """
        ends = self.scene.ends(name)
        if ends is None or ends[0] == ends[1]:
            return []
        y, x = ends
        number = self.scene.number
        names = self.between(y, x)
        above = [
            _product(f"d{y}/d{result}", self.factor(result, x, number), y == result)
            for result in names
            if x in self.operands(result)
        ]
        below = [
            _product(f"d{operand}/d{x}", self.factor(y, operand, number), operand == x)
            for operand in self.operands(y)
            if operand in names
        ]
        return [total(each[::-1]) for each in (above, below) if each]

    def _long_factor(self, result: str, operand: str) -> ast.expr:
        """The factor of a definition that has a derivative in it, along its recorded graph."""
        above, below = self.scene.values[result], self.scene.values[operand]
        nodes = section(above, self._is_step)
        # A value that is used twice is written twice: a few without a name may become many.
        formulas: Counter[int] = Counter()
        for node in nodes:
            formulas[id(node)] = 1 + sum(formulas[id(each)] for each in node.operands)
        adjoints = Counter({id(above): 1})
        for node in reversed(nodes):
            for each in node.operands:
                adjoints[id(each)] += adjoints[id(node)] + formulas[id(node)]
        if adjoints[id(below)] > LARGEST:
            raise ValueError(f"d{result}/d{operand} is too long to be written down")
        return factor(above, below, self._is_step, lambda value: self._first_names[id(value)])

    def _is_step(self, value: Value) -> bool:
        return id(value) in self._first_names


def _product(derivative: str, factor: ast.expr, alone: bool) -> ast.expr:
    return factor if alone else ast.BinOp(ast.Name(derivative), ast.Mult(), factor)


def _summands(tree: ast.expr) -> set[str]:
    """The names that are added up in an expression, each once and with a plus.

    >>> from autograd_mini.engine.tree import parse
    >>> sorted(_summands(parse("x + 2 * y + z", names="xyz")))
    ['x', 'z']
    """
    found: Counter[str] = Counter()
    pending = [tree]
    while pending:
        match pending.pop():
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                pending += left, right
            case ast.BinOp(left=left, op=ast.Sub()):
                pending.append(left)
            case ast.Name(id=name):
                found[name] += 1
    return {name for name, times in found.items() if times == 1}
