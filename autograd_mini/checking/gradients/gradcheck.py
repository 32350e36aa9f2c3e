"""gradcheck: the engine's derivatives against differences, against each other, against yours.

>>> from autograd_mini import sigmoid
>>> def loss(w, b):
...     return (sigmoid(w * 2.0 + b) - 1.0) ** 2
>>> print(gradcheck(loss, [0.5, -0.25]))  # doctest: +ELLIPSIS
dloss/dw: engine -0.2796214214, differences -0.2796214214, tolerance ...
dloss/db: engine -0.1398107107, differences -0.1398107107, tolerance ...

A derivative worked out by hand must be right in the digits that it shows:

>>> gradcheck(loss, [0.5, -0.25], derived={"w": "-0.28", "b": "0.14"})
Traceback (most recent call last):
...
autograd_mini.checking.gradients.gradcheck.GradientMismatch: dloss/db: derived 0.14, engine \
-0.1398, off by 0.28; path loss -> v4 (sub) -> v3 (sigmoid) -> v2 (add, partial 1); the minus \
sign is missing
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from autograd_mini.checking.digits.printed import check_printed
from autograd_mini.checking.formulas.identity import check_formula
from autograd_mini.checking.gradients.against_differences import (
    CheckedDerivative,
    compare,
    mismatch,
    title,
)
from autograd_mini.checking.gradients.blame import Derived, refutation
from autograd_mini.checking.gradients.recordings import Function, Recording
from autograd_mini.engine.transforms import gradients, hessian, jvp
from autograd_mini.engine.value import Value

Scalar = Value | float


class GradientMismatch(AssertionError):
    """A derivative is wrong."""


class GradientReport(NamedTuple):
    """The derivatives that were compared, one a line.

    It is true: `gradcheck` raises if a derivative is wrong.
    """

    comparisons: tuple[CheckedDerivative, ...]

    def __bool__(self) -> bool:
        return all(each.agrees for each in self.comparisons)

    @property
    def kinks(self) -> tuple[str, ...]:
        """The derivatives that could not be compared, and why."""
        return tuple(str(each) for each in self.comparisons if each.remark)

    def __str__(self) -> str:
        return "\n".join(map(str, self.comparisons))


def gradcheck(
    f: Callable[..., Any],
    point: Sequence[Scalar] | Scalar,
    *,
    order: int = 1,
    derived: Mapping[str, Derived] | Sequence[Derived | None] | None = None,
) -> GradientReport:
    """Check the derivatives of `f` at `point` by reverse mode, forward mode and differences.

    f: takes one number, float or Value, for each of `point`, and returns one.
    order: 2 checks second derivatives too.
    derived: derivatives worked out by hand, by the names of the inputs or in their order (None for
        an input without one). A number must agree as well as the engine does; a string such as
        "0.0822" must be the derivative rounded or truncated to its digits.

    The step of each difference is the one that extrapolates best, and the tolerance is the error
    left: for a smooth f about 1e-12 of a derivative, and 1e-9 of a second one. A derivative at a
    kink is a convention, so the report names it and does not compare it.

    Raises: GradientMismatch that names the input, both figures and, if it is known, the first
        partial that is wrong; ValueError if f has no differences at `point`, or is random.
    """
    if order not in (1, 2):
        raise ValueError(f"gradcheck checks derivatives of order 1 or 2, got order={order!r}")
    function = Function(f, point)
    centre = function.record()
    engine = gradients(centre.y, centre.variables)
    comparisons = [
        compare(function, centre, (i,), slope, centre.rounding_of_paths[i])
        for i, slope in enumerate(engine)
    ]
    if all(each.agrees for each in comparisons):  # else a path is missing, which differences show
        _check_forward(function, centre, engine)
        if order == 2:
            comparisons += _compare_second(function, centre)
    wrong = [each for each in comparisons if not each.agrees]
    if wrong:
        message = mismatch(function, centre, wrong[0])
        raise GradientMismatch(message + _also([each.derivative for each in wrong[1:]]))
    _check_derived(function, centre, comparisons, derived)
    return GradientReport(tuple(comparisons))


def assert_gradient(
    y: Value, x: Value, printed: str | None = None, formula: str | None = None
) -> None:
    """Assert that dy/dx has the digits printed for it, and equals a formula.

    printed: decimals that must be the derivative rounded or truncated, such as "0.75".
    formula: an expression over the labels of the values below y; see `check_formula`.

    >>> w = Value(0.5, label="w")
    >>> assert_gradient(w * w * w, w, printed="0.75", formula="3 * w**2")

    Raises: GradientMismatch with what was expected, and the likely slip.
    """
    if printed is None and formula is None:
        raise TypeError(
            "assert_gradient compares with something: give printed='0.75', formula='3 * w**2', "
            "or both"
        )
    recording = Recording("y", [x], y)
    derivative = f"d{recording.title}/d{recording.name(x)}"
    if printed is not None:
        digits = check_printed(printed, gradients(y, [x])[0])
        if digits.verdict == "wrong":
            raise GradientMismatch(
                f"{derivative}: printed {digits.printed}, expected {digits.expected} (to two more "
                f"digits {digits.exact})" + _because(digits.suggestion)
            )
    if formula is not None:
        found = check_formula((y, x), formula)
        if found.verdict == "fails":
            raise GradientMismatch(
                f"{derivative} is not {formula}: the engine has {found.left:.10g}, the formula "
                f"{found.right:.10g}" + _because(found.suggestion)
            )


def _because(suggestion: str) -> str:
    return f": {suggestion}" if suggestion else ""


def _check_forward(function: Function, centre: Recording, engine: list[float]) -> None:
    """Raise if the modes differ by more than rounding: they multiply the same partials."""
    for i, reverse in enumerate(engine):
        tangent = [float(i == j) for j in range(len(engine))]
        forward = float(jvp(function.f, function.point, tangent)[1])
        allowed = centre.rounding_of_paths[i]
        if abs(reverse - forward) > allowed:
            raise GradientMismatch(
                f"{title(function, centre, (i,))}: reverse mode {reverse!r}, forward mode "
                f"{forward!r}, off by {abs(reverse - forward):.3g} (rounding explains "
                f"{allowed:.1g}): the engine contradicts itself, so please report this function"
            )


def _compare_second(function: Function, centre: Recording) -> Iterator[CheckedDerivative]:
    second = hessian(function.f)(*function.point)
    slopes = gradients(centre.y, centre.variables, create_graph=True)
    for i, slope in enumerate(slopes):
        rounding = Recording(function.name, centre.variables, slope).rounding_of_paths
        for j in range(i, len(slopes)):
            yield compare(function, centre, (i, j), second[i][j], rounding[j])


def _check_derived(
    function: Function,
    centre: Recording,
    comparisons: list[CheckedDerivative],
    derived: Mapping[str, Derived] | Sequence[Derived | None] | None,
) -> None:
    wrong: list[str] = []
    messages = []
    rounding = centre.rounding_of_paths
    for i, claim in _claims(function, derived):
        check = comparisons[i]
        allowed = max(rounding[i], 0.0 if check.differences is None else check.tolerance)
        message = refutation(centre, centre.variables[i], claim, check.engine, allowed)
        if message:
            wrong.append(check.derivative)
            messages.append(f"{check.derivative}: {message}")
    if wrong:
        raise GradientMismatch(messages[0] + _also(wrong[1:]))


def _claims(
    function: Function, derived: Mapping[str, Derived] | Sequence[Derived | None] | None
) -> Iterator[tuple[int, Derived]]:
    """The claims with the position of their input."""
    if derived is None:
        return
    names = ", ".join(function.inputs)
    if isinstance(derived, Mapping):
        unknown = [repr(name) for name in derived if name not in function.inputs]
        if unknown:
            raise ValueError(
                f"derived has {', '.join(unknown)}, which {function.name} does not take: its "
                f"inputs are {names}"
            )
        yield from ((function.inputs.index(name), claim) for name, claim in derived.items())
    elif len(derived) != len(function.inputs):
        raise ValueError(
            f"derived has {len(derived)} derivatives for {len(function.inputs)} inputs ({names}): "
            "give one for each, or None for an input without one"
        )
    else:
        yield from ((i, claim) for i, claim in enumerate(derived) if claim is not None)


def _also(derivatives: list[str]) -> str:
    return f" (and {len(derivatives)} more: {', '.join(derivatives[:5])})" if derivatives else ""
