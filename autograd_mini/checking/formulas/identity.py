"""check_formula: is a formula that was worked out by hand the derivative?

>>> w, x, t = Value(0.5, label="w"), Value(2.0, label="x"), Value(0.25, label="t")
>>> out = (w * x).sigmoid()
>>> out.label = "out"
>>> E = (t - out) ** 2 / 2
>>> check_formula((E, w), "(out - t) * out * (1 - out) * x").verdict
'holds'
>>> check_formula((E, w), "(t - out) * out * (1 - out) * x").suggestion
'a minus is missing, or a difference is swapped: try out - t instead of t - out'
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from autograd_mini.checking.formulas.candidates import Effort, is_large
from autograd_mini.checking.formulas.formula_slips import factor_off, likely_slip
from autograd_mini.checking.formulas.points import (
    ENOUGH,
    POINTS,
    Trial,
    around,
    assumptions,
    beyond,
    compare,
)
from autograd_mini.checking.formulas.reader import Vocabulary, read_formula
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.slips import NO_SLIP, Slip, slip
from autograd_mini.engine.operation import DomainError
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names

MOST_TERMS = 3_000  # of a sum: as many as fit into the longest text
LONGEST_TEXT = 10_000


class FormulaVerdict(NamedTuple):
    """The verdict on a formula.

    left, right: the numbers of both sides at the point, nan for a side that has none.
    factor: the part that is off, "" if it cannot be told. suggestion: the slip that explains the
        failure, or why the verdict is to be taken with care; "" if there is nothing to say.
    slip: the code of that slip, "" without one.

    A formula that fails is falsy, so that `assert check_formula(...)` works.
    """

    verdict: Literal["holds", "fails"]
    left: float
    right: float
    factor: str = ""
    suggestion: str = ""
    slip: str = ""

    def __bool__(self) -> bool:
        return self.verdict == "holds"


def check_formula(
    target: Value | tuple[Value, Value], text: str, names: Mapping[str, Value] | None = None
) -> FormulaVerdict:
    """Judge `text` as a formula for a Value, or for dy/dx if `target` is a pair (y, x).

    text: an expression as in a derivation sheet. It may use the names of the graph's values
        (labels, else v1, v2, ... as in `explain`) or, if given, `names`, and derivatives of these.

    An identity is meant, not an equation that happens to hold: both sides are also computed for
    other numbers in the leaves, so x for 2 is wrong where x is 2. See `check_identity`.

    Raises: ValueError, TypeError that say what was expected.
    """
    ends = target if isinstance(target, tuple) else (target,)
    if not 1 <= len(ends) <= 2 or not all(isinstance(end, Value) for end in ends):
        raise TypeError(
            f"check_formula takes a Value, or a pair (y, x) of Values for dy/dx, got {target!r:.80}"
        )
    if not isinstance(text, str):
        raise TypeError(f"a formula is a string, such as '(out - t) * x', got {text!r:.80}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            f"a formula has at most {LONGEST_TEXT} characters, got {len(text)}: name parts of it"
        )
    values = _names(ends) if names is None else dict(names)
    known = Vocabulary(values)
    right = read_formula(text, known, MOST_TERMS)
    for name, expression in known.expressions.items():
        values[name] = Scene(values).record(expression)
    left = [_name(end, values) for end in ends]
    return check_identity(
        Scene(values), ast.Name(left[0] if len(left) == 1 else f"d{left[0]}/d{left[1]}"), right
    )


def check_identity(
    scene: Scene,
    left: ast.expr,
    right: ast.expr,
    *,
    effort: Effort | None = None,
    sums: Collection[frozenset[str]] = (),
) -> FormulaVerdict:
    """Judge if two expressions over the names of `scene` are the same function of its leaves.

    They are computed at the point and at random points around it on the same side of every kink:
    relu(net) may be differentiated as net where net > 0. Where both are 0 there, as behind a relu
    that is off, they are tried further away too, unless `right` is 0 everywhere. Points outside
    the domain are skipped; if they nearly all are, the suggestion says so.

    A formula that needs leaves to sum to 1 holds, with a remark, if they are a one-hot target or
    among `sums`; it fails otherwise, and so does one that needs an exponent to be what it is. It
    also holds with a remark for the 0 or 1 of a leaf that no value of the scene was computed from:
    sigmoid(z) - t is the derivative of -log(sigmoid(z)), where the target t = 1 was put in before.

    effort: what is left for the search of the slip that explains a failure; by default as much as
        for a sheet.
    sums: the names of leaves that are stated to sum to 1.

    Raises: LookupError for an unknown name; DomainError if a value of the scene no longer exists
        since the data of a leaf was changed.
    """
    here = scene.narrowed(left, right).at({})
    try:
        trials = [compare(here, left, right)]
    except DomainError:
        return _without_value(here, left, right)
    effort = effort or Effort()
    steps = POINTS * len(here.order)
    if not trials[0].agrees and (is_large(here) or not effort.spend(steps)):
        # The other trials are for the search of a slip.
        return FormulaVerdict("fails", trials[0].left, trials[0].right)
    targets = _targets_put_in(scene, right)
    trials += around(here, left, right, targets)
    right_so_far = all(trial.agrees for trial in trials)
    if right_so_far and not any(trial.tells for trial in trials):
        trials += [trial for trial in beyond(here, left, right) if trial.right != 0.0]
    numbers = trials[0].left, trials[0].right
    if all(trial.agrees for trial in trials):
        if targets and not all(trial.agrees for trial in around(here, left, right)):
            numerals = (f"{name} = {scene.values[name].data:g}" for name in targets)
            return FormulaVerdict(
                "holds", *numbers, suggestion=f"it uses that {', '.join(numerals)}"
            )
        return _holding(here, left, right, trials, sums)
    if effort.is_spent:
        return FormulaVerdict("fails", *numbers)
    found = likely_slip(trials, left, right, effort)
    if found.code:
        return FormulaVerdict("fails", *numbers, found.part, found.sentence, found.code)
    remark = _remark(trials)
    if remark.code == "accident":
        remark = _only_for(here, left, right, effort) or remark
    part = factor_off(trials, left, right, effort)
    return FormulaVerdict("fails", *numbers, part, remark.sentence, remark.code)


def _holding(
    scene: Scene,
    left: ast.expr,
    right: ast.expr,
    trials: Sequence[Trial],
    sums: Collection[frozenset[str]],
) -> FormulaVerdict:
    """The verdict on two sides that agree, which may rest on what is special about the leaves."""
    numbers = trials[0].left, trials[0].right
    remark = _remark(trials).sentence
    for names, is_sum, _ in filter(lambda each: each.needed, assumptions(scene, left, right)):
        data = [scene.leaves[name].data for name in names]
        if not is_sum:
            reason = slip("exponent/only", name=names[0], number=f"{data[0]:g}")
        elif frozenset(names) in sums or set(data) <= {0.0, 1.0}:
            remark = remark or f"it uses that {' + '.join(names)} = 1"
            continue
        else:
            reason = slip("sum-to-1", sum=" + ".join(names))
        return FormulaVerdict("fails", *numbers, "", reason.sentence, reason.code)
    return FormulaVerdict("holds", *numbers, suggestion=remark)


def _targets_put_in(scene: Scene, right: ast.expr) -> list[str]:
    """The leaves in `right` that are 0 or 1, and from which no value of `scene` was computed."""
    found = [name for name in names_in(right) if name in scene.leaves]
    found = [name for name in found if scene.leaves[name].data in (0.0, 1.0)]
    if not found:
        return []
    operands = {id(operand) for value in scene.order for operand in value.operands}
    return [name for name in found if id(scene.leaves[name]) not in operands]


def _names(ends: Sequence[Value]) -> dict[str, Value]:
    """The values that a formula may name: those with a label and the leaves, or else all."""
    called = Names(ends)
    labelled = any(value.label and value.op is not None for value in called.values)
    return {
        called(value): value
        for value in called.values
        if value.label or value.op is None or not labelled
    }


def _remark(trials: Sequence[Trial]) -> Slip:
    """The remark on a formula that could hardly be tried, or agrees at its own point only."""
    others = len(trials) - 1
    if others < ENOUGH:
        return Slip(
            "",
            f"it was tried at {others or 'no'} other point{'s' if others > 1 else ''}: beside this "
            "one it leaves its domain, or there is a kink, where a derivative is a convention",
        )
    if trials[0].agrees and not all(trial.agrees for trial in trials):
        return slip("accident")
    return NO_SLIP


def _only_for(here: Scene, left: ast.expr, right: ast.expr, effort: Effort) -> Slip | None:
    """The slip of a formula that holds for the number of one leaf, as p for p - t where t = 0."""
    for name, leaf in here.leaves.items():
        if not effort.spend(POINTS * len(here.order)):
            return None
        trials = list(around(here, left, right, [name]))
        if len(trials) >= ENOUGH and all(trial.agrees for trial in trials):
            return slip("accident/only", name=name, number=f"{leaf.data:g}")
    return None


def _without_value(scene: Scene, left: ast.expr, right: ast.expr) -> FormulaVerdict:
    """The verdict on two sides that do not both exist at the point."""
    numbers, reasons = [], []
    for side, tree in (("left", left), ("right", right)):
        try:
            numbers.append(scene.record(tree).data)
        except DomainError as error:
            numbers.append(math.nan)
            reasons.append(f"the {side} side has no value here: {error}")
    return FormulaVerdict("fails", numbers[0], numbers[1], suggestion="; ".join(reasons))


def _name(value: Value, names: dict[str, Value]) -> str:
    """The name of `value`, which gets one if it has none."""
    for name, named in names.items():
        if named is value:
            return name
    name = value.label or "y"
    while name in names:
        name += "_"
    names[name] = value
    return name
