"""The graph between a root and what it is differentiated by, condensed to its steps.

A step is a value that has a name; what lies between two steps is one factor of the chain.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.operation import Operation
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import factor, row_of, section
from autograd_mini.symbols.names import Names

# A formula with more numbers, names and operations than this gets a name of its own where others
# would repeat it.
LONG = 30


@dataclass(frozen=True, eq=False)
class Factor:
    """d result / d operand, over the paths that meet no other step.

    value: its number.
    """

    result: Value
    operand: Value
    value: float
    chain: Chain

    @cached_property
    def formula(self) -> ast.expr:
        """The factor as a tree over the names of the steps, simplified."""
        chain = self.chain
        nodes = chain.section(self.result)
        return factor(self.result, self.operand, chain.is_step, chain.names, nodes)

    @cached_property
    def held(self) -> tuple[Value, ...]:
        """The operands of `result` that depend on `operand` too, and are held fixed here."""
        return self.chain.between(self.result, self.operand)

    def __repr__(self) -> str:
        names = self.chain.names
        return f"<factor d{names(self.result)}/d{names(self.operand)} = {self.value!r}>"


class Chain:
    """The steps between `root` and `wrt`, and the factors that join them.

    wrt: one value, or several; None for all leaves.
    nets: whether what is put into an activation is a step even if it has no name.
    """

    def __init__(
        self,
        root: Value,
        wrt: Value | None = None,
        *,
        names: Names | None = None,
        nets: bool = False,
    ) -> None:
        self.root = root
        self.wrt = wrt
        self.names: Names = names or Names(root)
        values = topological_order(root)
        ends = [wrt] if wrt is not None else [value for value in values if value.op is None]
        self._steps = choose_steps(values, [root, *ends], nets)
        self._relevant = _depending_on(ends, values)
        # In topological order, operands before results.
        self.steps: list[Value] = [
            value for value in values if id(value) in self._steps and id(value) in self._relevant
        ]
        self._below: dict[int, list[Factor]] = {
            id(step): self._factors(step) for step in self.steps
        }
        self._above: dict[int, list[Factor]] = {id(step): [] for step in self.steps}
        for step in self.steps:
            for each in self._below[id(step)]:
                self._above[id(each.operand)].append(each)
        self._sections: dict[int, list[Value]] = {}
        if any(value.label for value in values):
            self._fold_parts_of_the_root()

    def is_step(self, value: Value) -> bool:
        return id(value) in self._steps

    def below(self, result: Value) -> list[Factor]:
        """The factors from `result` down to the steps that it was computed from."""
        return self._below.get(id(result), [])

    def above(self, operand: Value) -> list[Factor]:
        """The factors from the steps that `operand` was used for down to it."""
        return self._above.get(id(operand), [])

    def section(self, result: Value) -> list[Value]:
        """`result` and what lies between it and the steps below it, operands first."""
        if id(result) not in self._sections:
            self._sections[id(result)] = section(result, self.is_step)
        return self._sections[id(result)]

    def derivative(self, step: Value) -> float:
        """d root / d step: over all paths."""
        return self._adjoints.get(id(step), 0.0)

    def path_count(self, step: Value) -> int:
        """The number of paths from the root down to `step`."""
        return self._path_counts.get(id(step), 0)

    def between(self, result: Value, operand: Value) -> tuple[Value, ...]:
        """The operands of `result` through which `operand` reaches it on other ways."""
        others = [each.operand for each in self.below(result) if each.operand is not operand]
        if not others or len(self.above(operand)) < 2:
            return ()
        place = self._places[id(result)]
        reached = {id(operand)}
        pending = [operand]
        while pending:
            for each in self.above(pending.pop()):
                above = each.result
                if id(above) not in reached and self._places[id(above)] < place:
                    reached.add(id(above))
                    pending.append(above)
        return tuple(other for other in others if id(other) in reached)

    @cached_property
    def downwards(self) -> list[Value]:
        """The steps from the root down, results before operands, left operands first."""
        order: list[Value] = []
        seen = {id(self.root)}
        stack = [(self.root, iter(self.below(self.root)[::-1]))]
        while stack:
            step, factors = stack[-1]
            for each in factors:
                if id(each.operand) not in seen:
                    seen.add(id(each.operand))
                    stack.append((each.operand, iter(self.below(each.operand)[::-1])))
                    break
            else:
                order.append(step)
                stack.pop()
        return order[::-1]

    @cached_property
    def _places(self) -> dict[int, int]:
        return {id(step): place for place, step in enumerate(self.steps)}

    @cached_property
    def _adjoints(self) -> dict[int, float]:
        adjoints = {id(self.root): 1.0}
        for step in reversed(self.steps):
            for each in self.below(step):
                share = adjoints[id(step)] * each.value
                adjoints[id(each.operand)] = adjoints.get(id(each.operand), 0.0) + share
        return adjoints

    @cached_property
    def _path_counts(self) -> dict[int, int]:
        counts = {id(self.root): 1}
        for step in reversed(self.steps):
            for each in self.below(step):
                counts[id(each.operand)] = counts.get(id(each.operand), 0) + counts[id(step)]
        return counts

    def _factors(self, result: Value) -> list[Factor]:
        """The factors below `result`, in the order of its formula."""

        def is_end(value: Value) -> bool:
            return id(value) in self._steps or id(value) not in self._relevant

        if result is self.wrt:
            return []
        between = section(result, is_end)
        operands: dict[int, Value] = {}
        for node in between:
            for operand in node.operands:
                if isinstance(operand, Value) and self._is_end(operand):
                    operands[id(operand)] = operand
        adjoints = dict.fromkeys([*map(id, between), *operands], 0.0)
        adjoints[id(result)] = 1.0
        for node in reversed(between):
            for operand, partial in zip(node.operands, node.partials):
                if id(operand) in adjoints and partial is not None:
                    adjoints[id(operand)] += adjoints[id(node)] * partial
        return [Factor(result, operand, adjoints[key], self) for key, operand in operands.items()]

    def _is_end(self, value: Value) -> bool:
        return id(value) in self._relevant and id(value) in self._steps

    def _fold_parts_of_the_root(self) -> None:
        """Take the parts of which the root is only the sum for the root itself.

        Where E = E_o1 + E_o2, lectures write dE/dout_o1 and leave out dE/dE_o1 = 1. A part stays
        a step where something beside it is used by another part: there the paths part.
        """
        kept: list[Factor] = []
        folded: set[int] = set()
        whole = self.root.op is not None and self._is_sum(self.root)
        pending = [(each, whole) for each in self.below(self.root)[::-1]]
        while pending:
            each, in_sum = pending.pop()
            part, inner = each.operand, self.below(each.operand)
            used_once = all(
                len(self.above(value)) == 1 for value in [part, *(below.operand for below in inner)]
            )
            if in_sum and inner and used_once and each.value == 1.0:
                folded.add(id(part))
                further = [Factor(self.root, below.operand, below.value, self) for below in inner]
                partly = self._is_sum(part)
                pending += [(below, partly) for below in further[::-1]]
            else:
                kept.append(each)
                if each not in self.above(each.operand):
                    self._above[id(each.operand)] = [each]
        self._steps -= folded
        self.steps = [step for step in self.steps if id(step) not in folded]
        self._below[id(self.root)] = kept

    def _is_sum(self, result: Value) -> bool:
        """Whether `result` is a mere sum of steps."""
        return all(passes_on(row_of(node)) for node in section(result, self.is_step))


def _depending_on(ends: list[Value], values: list[Value]) -> set[int]:
    found = set(map(id, ends))
    for value in values:
        if any(id(operand) in found for operand in value.operands):
            found.add(id(value))
    return found


def choose_steps(values: list[Value], ends: Iterable[Value], nets: bool) -> set[int]:
    """The ids of the steps: what has a name, `ends`, and what would make a factor too long.

    Where nothing has a name, every value is a step.
    """
    if not any(value.label for value in values):
        return set(map(id, values))
    steps = {id(value) for value in values if value.label or value.op is None}
    steps.update(map(id, ends))
    uses: dict[int, int] = {}
    repeated: set[int] = set()
    for value in values:
        row = value.op
        for operand in value.operands:
            uses[id(operand)] = uses.get(id(operand), 0) + 1
            if row is not None and not passes_on(row):
                repeated.add(id(operand))
        if nets and row is not None and value.label and is_activation(row):
            steps.update(map(id, value.operands))
    sizes: dict[int, int] = {}
    for value in values:
        # Sizes double where a value is used twice; beyond LONG it does not matter by how much.
        size = 1 + sum(sizes.get(id(operand), 1) for operand in value.operands)
        if size > LONG and (uses.get(id(value), 0) > 1 or id(value) in repeated):
            steps.add(id(value))
        sizes[id(value)] = 1 if id(value) in steps else min(size, LONG + 1)
    return steps


def is_activation(row: Operation) -> bool:
    """Whether `row` is what a unit applies to its weighted sum: a function of one operand."""
    return row.arity == 1 and not passes_on(row)


@cache
def passes_on(row: Operation) -> bool:
    """Whether the partials of `row` are mere numbers, as a sum's, which make no factor longer."""
    return all(re.fullmatch(r"-?[\d.]+", partial) for partial in row.partials)
