"""Compare a derivative of the engine with differences, and find the reason if they disagree."""

from __future__ import annotations

import math
from itertools import product
from typing import NamedTuple

from autograd_mini.checking.gradients.blame import (
    infinite_edge,
    leak,
    path_to,
    recorded_partial,
    wrong_row,
)
from autograd_mini.checking.gradients.differences import (
    BadStep,
    Estimate,
    Quotient,
    extrapolate,
    smallest_step,
)
from autograd_mini.checking.gradients.recordings import Function, Recording, crossing


class CheckedDerivative(NamedTuple):
    """One derivative by the engine and by differences.

    differences: None if there is a kink within every step; `remark` then names it. tolerance: the
        errors that both may have.
    """

    derivative: str
    inputs: tuple[int, ...]
    engine: float
    differences: float | None
    tolerance: float
    remark: str = ""

    @property
    def agrees(self) -> bool:
        if self.differences is None:
            return True
        return abs(self.engine - self.differences) <= self.tolerance

    def __str__(self) -> str:
        figures = f"{self.derivative}: engine {self.engine:.10g}"
        if self.differences is None:
            return f"{figures}, {self.remark}"
        return f"{figures}, differences {self.differences:.10g}, tolerance {self.tolerance:.1g}"


def compare(
    function: Function,
    centre: Recording,
    inputs: tuple[int, ...],
    engine: float,
    rounding: float,
) -> CheckedDerivative:
    """Compare the engine's derivative with respect to `inputs` with differences.

    rounding: the rounding error that the engine's derivative may have.

    Raises: ValueError if f has no value beside the point.
    """
    derivative = title(function, centre, inputs)
    try:
        estimate = _differences(function, centre, inputs)
    except BadStep as kink:
        return CheckedDerivative(
            derivative, inputs, engine, None, math.nan, f"not compared: {kink} here"
        )
    except (ArithmeticError, ValueError) as error:
        raise ValueError(
            f"{derivative} has no differences to check it by: beside the point {function.name} has "
            f"no value ({error}); choose a point further inside its domain"
        ) from error
    return CheckedDerivative(derivative, inputs, engine, estimate.value, estimate.error + rounding)


def _differences(function: Function, centre: Recording, inputs: tuple[int, ...]) -> Estimate:
    """The derivative with respect to each of `inputs` in turn, by central differences."""

    def quotient(step: float) -> Quotient:
        # The steps that are taken in fact, after the inputs have been rounded.
        steps = [(function.point[i] + step) - function.point[i] for i in inputs]
        corners = {}
        for signs in product((-1, 1), repeat=len(inputs)):
            shifts: dict[int, float] = {}
            for i, sign, width in zip(inputs, signs, steps):
                shifts[i] = shifts.get(i, 0.0) + sign * width
            corners[signs] = function.record(shifts)
        first, *others = corners.values()
        for other in others:
            if kink := crossing(first, centre, other):
                raise BadStep(kink)
        volume = math.prod(2.0 * width for width in steps)
        total = math.fsum(math.prod(signs) * corner.number for signs, corner in corners.items())
        rounding = sum(corner.rounding for corner in corners.values())
        return Quotient(total / volume, rounding / volume)

    return extrapolate(quotient, smallest_step(*(function.point[i] for i in inputs)))


def title(function: Function, centre: Recording, inputs: tuple[int, ...]) -> str:
    """dL/dw2, or d2L/dw1dw2."""
    order = "" if len(inputs) == 1 else str(len(inputs))
    return f"d{order}{centre.title}/" + "".join(f"d{function.inputs[i]}" for i in inputs)


def mismatch(function: Function, centre: Recording, wrong: CheckedDerivative) -> str:
    assert wrong.differences is not None
    off = abs(wrong.engine - wrong.differences)
    return (
        f"{wrong.derivative}: engine {wrong.engine:.10g}, differences {wrong.differences:.10g}, "
        f"off by {off:.3g} (tolerance {wrong.tolerance:.1g}); "
        f"{_reason(function, centre, wrong.inputs)}"
    )


def _reason(function: Function, centre: Recording, inputs: tuple[int, ...]) -> str:
    """The first partial that is infinite, NaN or wrong, else the place where an input is lost."""
    for i in inputs:
        if edge := infinite_edge(centre, centre.variables[i]):
            return (
                f"path {path_to(centre, edge)}; this partial is {recorded_partial(edge)} here, so "
                "the chain rule gives no derivative: choose another point"
            )
    for i in inputs:
        found = wrong_row(centre, centre.variables[i], order=len(inputs))
        if found:
            edge, what = found
            return f"path {path_to(centre, edge)}; {what}"
    for i in inputs:
        step = max(1.0, abs(function.point[i])) * 2.0**-10
        if where := leak(centre, function.record({i: step}), centre.variables[i]):
            return where
    return (
        "every partial on the way agrees with its own row, so something else changes with the "
        "input: a branch, a number that f keeps, or the rounding error of f, which is about "
        f"{centre.rounding:.1g}"
    )
