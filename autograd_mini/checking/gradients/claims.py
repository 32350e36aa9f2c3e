"""A derivative that somebody derived by hand, against the engine's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import nearest, read
from autograd_mini.checking.digits.printed import check_printed
from autograd_mini.checking.gradients.blame import Edge, edges_below, path_to, recorded_partial
from autograd_mini.checking.gradients.recordings import Recording
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import row_of

Claim = float | str


def refutation(
    recording: Recording, variable: Value, claim: Claim, engine: float, tolerance: float
) -> str:
    """What is wrong with a derivative that is claimed for the input `variable`; "" if nothing.

    A string is held to the digits that it shows, a number to `tolerance`.
    """
    shown = claim if isinstance(claim, str) else repr(float(claim))
    verdict = check_printed(shown, engine)
    digits_fit = verdict.verdict != "wrong"
    off = abs(nearest(read(shown).number) - engine)
    if digits_fit if isinstance(claim, str) else off <= tolerance:
        return ""
    exact = verdict.exact if isinstance(claim, str) else f"{engine:.10g}"
    found = f"derived {shown}, engine {exact}, off by {off:.3g}"
    if digits_fit:
        return f"{found}; its digits are right: give them as a string, {shown!r}, if it is rounded"
    edges = list(edges_below(recording, variable))
    if not edges:
        return f"{found}; {recording.title} does not depend on {recording.name(variable)}"
    edge, reason = _likely_slip(
        recording, variable, engine, lambda value: _fits(claim, value, tolerance)
    ) or (_last(edges, variable), verdict.suggestion)
    return f"{found}; path {path_to(recording, edge)}" + (f"; {reason}" if reason else "")


def _fits(claim: Claim, value: float, tolerance: float) -> bool:
    if isinstance(claim, str):
        return math.isfinite(value) and check_printed(claim, value).verdict != "wrong"
    return abs(float(claim) - value) <= tolerance


def _last(edges: list[Edge], variable: Value) -> Edge:
    return next(edge for edge in reversed(edges) if edge.result.operands[edge.position] is variable)


def _likely_slip(
    recording: Recording, variable: Value, engine: float, fits: Callable[[float], bool]
) -> tuple[Edge, str] | None:
    """The factor nearest to the root with which one usual slip explains a claim."""
    edges = list(edges_below(recording, variable))
    adjoints, tangents = recording.adjoints(), recording.tangents(variable)
    for slip in SLIPS:
        for edge in edges:
            partial = recorded_partial(edge)
            # All paths along this edge together, but for its own factor.
            operand = edge.result.operands[edge.position]
            others = adjoints[id(edge.result)] * tangents[id(operand)]
            mistaken = slip.instead_of(edge, partial)
            alone = math.isclose(engine, others * partial)
            if mistaken == partial or (alone and mistaken == 0.0):
                continue
            if fits(engine + others * (mistaken - partial)):
                return edge, f"{slip.reason} (it is {partial:.10g})"
    return None


class _Slip(NamedTuple):
    """What somebody may put in place of a partial."""

    instead_of: Callable[[Edge, float], float]
    reason: str


def _without_sign(edge: Edge, partial: float) -> float:
    """The partial without the minus that its rule begins with."""
    return -partial if row_of(edge.result).partials[edge.position].startswith("-") else partial


SLIPS = (
    _Slip(_without_sign, "as if the minus of this partial were forgotten"),
    _Slip(lambda edge, partial: 0.0, "as if the paths along this factor were forgotten"),
    _Slip(lambda edge, partial: 1.0, "as if this factor were forgotten"),
)
