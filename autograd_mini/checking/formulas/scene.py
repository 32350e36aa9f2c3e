"""Scene: the named values of one recorded graph, their numbers and their derivatives.

>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> scene = Scene({"w": w, "x": x, "E": (w * x - 3.0) ** 2})
>>> scene.number("E"), scene.number("dE/dw")
(4.0, -8.0)

The same graph with other numbers:

>>> scene.at({"w": 1.0}).number("dE/dw")
-4.0
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property

from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.operation import DomainError
from autograd_mini.engine.transforms import gradients
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import evaluate, nodes
from autograd_mini.symbols.tape import Tape

# The formulas of a sheet are compared at the same points, which are recorded once for all of them:
# in so many of the last narrowed scenes, and in each of them as long as all have so many values.
NARROWED, REPLAYED = 4, 100_000


class Scene:
    """Names for Values of one graph; a derivative of any two of them has a name too: dE/dw5.

    A name of `values` comes first: a value with the name dE/dw5 is not a derivative.

    Raises: TypeError if one of `values` is not a Value.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        for name, value in values.items():
            if not isinstance(value, Value):
                raise TypeError(f"a scene names Values; {name} is {value!r:.80}")
        self.values: dict[str, Value] = dict(values)
        self._slopes: dict[str, Value] = {}
        self._adjoints: dict[str, dict[str, float]] = {}
        self._narrowed: dict[int, Scene] = {}
        self._replayed: dict[tuple[tuple[str, float], ...], Scene] = {}

    @cached_property
    def leaves(self) -> dict[str, Value]:
        """The leaves that have a name, each under its first."""
        first: dict[int, str] = {}
        for name, value in self.values.items():
            if value.op is None:
                first.setdefault(id(value), name)
        return {name: self.values[name] for name in first.values()}

    @cached_property
    def order(self) -> list[Value]:
        """Every value that the named ones were computed from, operands before results."""
        return topological_order(self.values.values())

    @cached_property
    def tape(self) -> Tape:
        """The graph of all of them, to be replayed."""
        return Tape(self.values.values())

    def extended(self, name: str, value: Value) -> Scene:
        """The same values and one more, which may have been computed from them."""
        scene = Scene({**self.values, name: value})
        known = set(map(id, self.order))
        added = [each for each in topological_order(value) if id(each) not in known]
        scene.order = [*self.order, *added]
        return scene

    def at(self, numbers: Mapping[str, float]) -> Scene:
        """The same graph, recorded again with other numbers for some leaves.

        The others keep theirs. All values are new, and labelled with their names. The same numbers
        may give the same scene again.

        Raises: ValueError for a name that is not of a leaf; DomainError where a value does not
            exist.
        """
        point = tuple(numbers.items())
        if point not in self._replayed:
            if (len(self._replayed) + 1) * len(self.order) > REPLAYED:
                self._replayed.clear()
            self._replayed[point] = self._replay(numbers)
        return self._replayed[point]

    def _replay(self, numbers: Mapping[str, float]) -> Scene:
        changed: dict[int, float] = {}
        for name, number in numbers.items():
            if name not in self.values or self.values[name].op is not None:
                raise ValueError(
                    f"only leaves can be given other numbers, got {name!r}; "
                    f"the leaves are {', '.join(self.leaves) or 'without names'}"
                )
            changed[self.tape.places[id(self.values[name])]] = number
        again = self.tape.replay(changed)
        scene = Scene(
            {name: again[self.tape.places[id(value)]] for name, value in self.values.items()}
        )
        for name, value in reversed(
            scene.values.items()
        ):  # of two names the first becomes the label
            value.label = name
        return scene

    def ends(self, name: str) -> tuple[str, str] | None:
        """The names of Y and X if `name` is a derivative dY/dX, else None."""
        if name in self.values or not name.startswith("d"):
            return None
        start = name.find("/d")
        while start != -1:
            y, x = name[1:start], name[start + 2 :]
            if y in self.values and x in self.values:
                return y, x
            start = name.find("/d", start + 1)
        return None

    def number(self, name: str) -> float:
        """The number of a value or of a derivative, as it was recorded.

        Raises: LookupError for an unknown name.
        """
        ends = self.ends(name)
        if ends is None:
            return float(self._named(name))
        y, x = ends
        if y not in self._adjoints:
            slopes = gradients(self.values[y], list(self.values.values()))
            self._adjoints[y] = dict(zip(self.values, slopes))
        return self._adjoints[y][x]

    def value(self, name: str) -> Value:
        """A value, or a derivative as a Value: recorded from the leaves on, like the others.

        Raises: as `number`, and DomainError where the derivative is infinite.
        """
        ends = self.ends(name)
        if ends is None:
            return self._named(name)
        if name not in self._slopes:
            y, x = ends
            try:
                slopes = gradients(self.values[y], list(self.values.values()), create_graph=True)
            except DomainError:  # of another derivative, perhaps
                (self._slopes[name],) = gradients(
                    self.values[y], [self.values[x]], create_graph=True
                )
            else:
                self._slopes = {f"d{y}/d{each}": slope for each, slope in zip(self.values, slopes)}
        return self._slopes[name]

    def evaluate(self, tree: ast.expr) -> float:
        """The number that an expression over the names comes to.

        Raises: LookupError for an unknown name; DomainError where there is no value.
        """
        return evaluate(tree, {name: self.number(name) for name in names_in(tree)})

    def record(self, tree: ast.expr) -> Value:
        """An expression over the names, recorded on their Values.

        Raises: as `evaluate`.
        """
        try:
            recorded = evaluate(tree, {name: self.value(name) for name in names_in(tree)})
        except DomainError as error:
            raise self._in_our_names(error) from None
        return recorded if isinstance(recorded, Value) else Value(recorded)

    def _in_our_names(self, error: DomainError) -> DomainError:
        """An operand without a label is called x or y in errors, which may be others here."""
        operation, operands, names, why = error.parts
        ours = (
            name if name in self.values and self.values[name].data == data else ""
            for name, data in zip(names, operands)
        )
        return DomainError(operation, operands, tuple(ours), why)

    def narrowed(self, *trees: ast.expr) -> Scene:
        """The part of the scene that depends on the same leaves as the names in `trees`."""
        below = 0
        for tree in trees:
            for name in names_in(tree):
                for end in self.ends(name) or (name,):
                    below |= self._leaves_below[id(self._named(end))]
        if below not in self._narrowed:
            if len(self._narrowed) == NARROWED:
                del self._narrowed[next(iter(self._narrowed))]
            self._narrowed[below] = Scene(
                {
                    name: value
                    for name, value in self.values.items()
                    if not self._leaves_below[id(value)] & ~below
                }
            )
        return self._narrowed[below]

    @cached_property
    def _leaves_below(self) -> dict[int, int]:
        """The leaves that each value depends on, as the bits of a number."""
        found: dict[int, int] = {}
        leaves = 0
        for value in self.order:
            if value.op is None:
                found[id(value)] = 1 << leaves
                leaves += 1
            else:
                found[id(value)] = 0
                for operand in value.operands:
                    found[id(value)] |= found.get(id(operand), 0)
        return found

    def _named(self, name: str) -> Value:
        try:
            return self.values[name]
        except KeyError:
            known = ", ".join(self.values) or "none"
            raise LookupError(
                f"there is no {name!r} here; the names are {known}, and dY/dX for any two of them"
            ) from None


def names_in(tree: ast.expr) -> Iterator[str]:
    """The names that stand in an expression, each once, in the order in which they first do."""
    seen: set[str] = set()
    for node in nodes(tree):
        if isinstance(node, ast.Name) and node.id not in seen:
            seen.add(node.id)
            yield node.id
