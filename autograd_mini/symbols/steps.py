"""Which values of a graph are the steps of its chains."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from autograd_mini.engine.operation import Operation
from autograd_mini.engine.value import Value

# A formula with more numbers, names and operations than this gets a name of its own where others
# would repeat it.
LONG = 30


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
