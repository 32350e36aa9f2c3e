"""Points: both sides of an identity, computed at the point of the sheet and around it.

A formula may agree with another at one point by accident, where w is 1 or two inputs are equal. So
the leaves are moved at random, the same way every time. Three things stay as they are at first: the
branch of every operation with a kink, since a derivative is derived for one side of it; exponents,
since most bases have whole powers only; and the sum of leaves that are a distribution, as the
targets 0, 1, 0 of a cross-entropy are. Then the last two are moved as well: p - t holds for targets
that sum to 1, and n * x is not the derivative of x ** n.
"""

from __future__ import annotations

import ast
import math
import random
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from autograd_mini.checking.formulas.scene import Scene
from autograd_mini.engine.evaluation import STRICT
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.operation import DomainError, Operation
from autograd_mini.engine.value import Value

# So many points are tried besides the one of the scene, if they are found in so many attempts;
# with fewer than ENOUGH an agreement may be an accident.
POINTS, ATTEMPTS, ENOUGH = 8, 60, 3

# So many points are tried where a sum to 1 or an exponent is given up, each nearer than the last.
FREE = 4

# The leaves are moved by up to so much of their size, to begin with; less, where that leads out of
# the domain or to another branch.
SPREAD, RETREAT = 2.0, 0.75

# Operations are right to a few units in the last place, and not even that near the smallest float.
ROUNDING = 4.0 * sys.float_info.epsilon
SMALLEST = sys.float_info.min


class Trial(NamedTuple):
    """Both sides in one scene; rounding: how far it can take them apart."""

    scene: Scene
    left: float
    right: float
    rounding: float

    @property
    def agrees(self) -> bool:
        return abs(self.left - self.right) <= self.rounding

    @property
    def tells(self) -> bool:
        """True if agreement is evidence: two sides that are 0 agree in spite of most slips."""
        return self.left != 0.0 or self.right != 0.0


def compare(scene: Scene, left: ast.expr, right: ast.expr) -> Trial:
    """Both sides in a scene whose gradients may be overwritten.

    There is no relative or absolute tolerance: 1 - out loses digits by cancellation, and a
    derivative of 1e-30 is as good as a larger one. Instead the difference is recorded down to the
    leaves, derivatives included, and the rounding error of every value in it is carried to the
    difference by its adjoint, to first order. An error in a part that both sides share cancels, as
    it does in the difference.

    Raises: DomainError where a side has no value.
    """
    sides = scene.record(left), scene.record(right)
    difference = sides[0] - sides[1]
    order = topological_order(difference)
    for value in order:
        value.grad = 0.0
    difference.backward()
    errors = (abs(value.grad) * (ROUNDING * abs(value.data) + SMALLEST) for value in order)
    return Trial(scene, sides[0].data, sides[1].data, math.fsum(filter(math.isfinite, errors)))


def around(
    scene: Scene, left: ast.expr, right: ast.expr, fixed: Collection[str] = ()
) -> Iterator[Trial]:
    """Trials at random points around the point of `scene`, at which the same branches are taken.

    fixed: the names of leaves that keep their numbers.
    """
    spread = SPREAD
    chance = random.Random(0)
    found = 0
    for _ in range(ATTEMPTS):
        try:
            there = scene.at(_moved(scene, spread, chance, fixed))
            if _same_branches(scene, there):
                yield compare(there, left, right)
                found += 1
                if found == POINTS:
                    return
                continue
        except DomainError:
            pass
        spread *= RETREAT


class Assumption(NamedTuple):
    """Something special about the numbers in some leaves, on which a formula may rest.

    names: of an exponent, or of leaves that sum to 1. trials: with these leaves moved.
    """

    names: tuple[str, ...]
    is_sum: bool
    trials: tuple[Trial, ...]

    @property
    def needed(self) -> bool:
        """True if the sides differ where it does not hold."""
        return not all(trial.agrees for trial in self.trials)


def assumptions(scene: Scene, left: ast.expr, right: ast.expr) -> Iterator[Assumption]:
    """The assumptions that `around` makes: it moves some leaves together, and others not at all."""
    groups = [(tuple(group), True) for group in _distributions(scene.leaves)]
    exponents = _exponents(scene)
    groups += [((name,), False) for name, leaf in scene.leaves.items() if id(leaf) in exponents]
    for names, is_sum in groups:
        chance = random.Random(2)
        trials = []
        for step in range(1, FREE + 1):
            moves = _moved(scene, SPREAD * RETREAT**step, chance)
            for name in names:
                data = scene.leaves[name].data
                shift = float(step) if data.is_integer() else 0.1 * step * data
                moves[name] = data + (chance.uniform(0.1, 0.5) if is_sum else shift)
            try:
                there = scene.at(moves)
                if _same_branches(scene, there):
                    trials.append(compare(there, left, right))
            except DomainError:
                continue
        yield Assumption(names, is_sum, tuple(trials))


def beyond(scene: Scene, left: ast.expr, right: ast.expr) -> Iterator[Trial]:
    """Trials at random points further away, whatever branches are taken."""
    chance = random.Random(1)
    for _ in range(POINTS):
        try:
            yield compare(scene.at(_moved(scene, 2.0 * SPREAD, chance)), left, right)
        except DomainError:
            continue


def _exponents(scene: Scene) -> set[int]:
    return {
        id(value.operands[1])
        for value in scene.order
        if value.op is not None and value.op.symbol == "**"
    }


def _moved(
    scene: Scene, spread: float, chance: random.Random, fixed: Collection[str] = ()
) -> dict[str, float]:
    exponents = _exponents(scene)
    moves = {
        name: spread * chance.uniform(-1.0, 1.0) * (abs(leaf.data) or 1.0)
        for name, leaf in scene.leaves.items()
        if id(leaf) not in exponents
    }
    for name in fixed:
        moves.pop(name, None)
    for members in _distributions(scene.leaves):
        group = [name for name in members if name not in fixed]
        together = math.fsum(moves.get(name, 0.0) for name in group) / (len(group) or 1)
        moves.update({name: moves.get(name, 0.0) - together for name in group})
    return {name: scene.leaves[name].data + move for name, move in moves.items()}


def _distributions(leaves: Mapping[str, Value]) -> list[list[str]]:
    """The leaves whose names differ only in an index, and whose numbers are 0 or more and sum to 1.

    >>> numbers = {"t1": 0.0, "t2": 1.0, "w1": 0.5, "w2": 0.4}
    >>> _distributions({name: Value(number) for name, number in numbers.items()})
    [['t1', 't2']]
    """
    families: dict[str, list[str]] = {}
    for name in leaves:
        families.setdefault(family(name), []).append(name)
    return [
        members
        for members in families.values()
        if len(members) > 1
        and min(leaves[name].data for name in members) >= 0.0
        and math.isclose(math.fsum(leaves[name].data for name in members), 1.0)
    ]


def family(name: str) -> str:
    """The same for names that differ only in their index.

    >>> family("w1") == family("w12"), family("t_o1") == family("t_o2"), family("E_o1")
    (True, True, 'E#')
    >>> family("E")
    'E'
    """
    return re.sub(r"(_[^\W_]*|\d+)$", "#", name)


def _same_branches(scene: Scene, there: Scene) -> bool:
    """True if no operation of `there` is on another side of its kink than in `scene`."""
    return not any(
        crosses(value.op, _numbers(value), _numbers(value), _numbers(other))
        for value, other in zip(scene.order, there.order)
        if value.op is not None and value.op.kink
    )


def _numbers(value: Value) -> list[float]:
    return [float(operand) for operand in value.operands]


def crosses(
    row: Operation, left: Sequence[float], centre: Sequence[float], right: Sequence[float]
) -> bool:
    """True if the kink of `row` is between the operands at `left` and at `right`.

    >>> from autograd_mini.engine.ops import relu
    >>> crosses(relu, [-0.1], [0.0], [0.1]), crosses(relu, [0.1], [0.2], [0.3])
    (True, False)

    A kink that stays under all three, as that of max(x, x), is not crossed; nor is one that is
    touched and left again, as by abs(x * x).
    """
    if not row.kink:
        return False
    before, at, after = (_side(row, operands) for operands in (left, centre, right))
    return before != after or at not in (0, before)


def _side(row: Operation, operands: Sequence[float]) -> int:
    distance = _distance(row)(*operands)
    return (distance > 0.0) - (distance < 0.0)


@cache
def _distance(row: Operation) -> Callable[..., float]:
    return STRICT.compile(row, row.kink)
