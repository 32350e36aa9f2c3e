"""Losses: how far outputs are from their targets, as one Value to differentiate.

Every loss takes the output of a network, a Value or a sequence of Values, and as many targets.
The sums and means here run over the outputs of one sample; over samples, `fit` takes the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import inf
from numbers import Integral
from operator import add
from typing import Any

from autograd_mini import DomainError, Value, exp, log, log1p, logsumexp, relu, softplus

Outputs = Value | float | Sequence[Value | float]
Targets = Value | float | Sequence[Value | float]

# Sums of exp up to here do not overflow.
LARGEST_EXPONENT = 700.0
# A difference of floats is below all floats exactly if half of it is at most this.
HALF_OF_LEAST = -(2.0**1023)


def half_squared_error(outputs: Outputs, targets: Targets) -> Value:
    """E = sum of (target - output)**2 / 2, whose derivative is just output - target.

    >>> half_squared_error([Value(0.5), Value(2.0)], [1.0, 0.0]).data
    2.125
    """
    return _sum([square / 2 for square in _squares(outputs, targets)])


def sum_of_squares(outputs: Outputs, targets: Targets) -> Value:
    """E = sum of (target - output)**2"""
    return _sum(_squares(outputs, targets))


def mean_squared_error(outputs: Outputs, targets: Targets) -> Value:
    """E = mean of (target - output)**2 over the outputs."""
    return _mean(_squares(outputs, targets))


def binary_cross_entropy(probabilities: Outputs, targets: Targets) -> Value:
    """Mean of -t * log(p) - (1 - t) * log(1 - p) over the outputs, for targets t in [0, 1].

    A probability of exactly 0 or 1 that meets its target costs 0, as the limit does.

    Raises: ValueError where the cost is infinite (probability 0 for target 1, or the reverse).
    Source: Goodfellow, Bengio & Courville, Deep Learning, section 6.2.2.2.
    """
    terms = []
    for p, t in _pairs(probabilities, targets):
        t = _probability(t)
        if not (p > 0 or t <= 0 <= p) or not (p < 1 or t >= 1 >= p):
            raise ValueError(_no_cross_entropy(p.data, t))
        # A term with weight 0 is left out: it would be 0 * log(0).
        if t >= 1:
            terms.append(-log(p))
        elif t <= 0:
            terms.append(-log1p(-p))
        else:
            terms.append(-t * log(p) - (1 - t) * log1p(-p))
    return _mean(terms)


def binary_cross_entropy_from_logits(logits: Outputs, targets: Targets) -> Value:
    """`binary_cross_entropy(sigmoid(x), t)` without overflow or cancellation, for any finite x.

    -log(sigmoid(x)) = softplus(-x) and -log(1 - sigmoid(x)) = softplus(x). The derivative
    sigmoid(x) - t is right to the last digit of its larger term.
    Source: Goodfellow, Bengio & Courville, Deep Learning, section 6.2.2.2.
    """
    terms = []
    for x, t in _pairs(logits, targets):
        t = _probability(t)
        if t >= 1:
            terms.append(softplus(-x))
        elif t <= 0:
            terms.append(softplus(x))
        else:
            terms.append(t * softplus(-x) + (1 - t) * softplus(x))
    return _mean(terms)


def softmax_cross_entropy(logits: Outputs, target: int | Sequence[float]) -> Value:
    """-sum of t[k] * log(softmax(logits)[k]), for a class k (counted from 0) or probabilities t.

    Exact to rounding for logits of any size: see `_surprise`.

    Source: Goodfellow, Bengio & Courville, Deep Learning, section 6.2.2.3.

    >>> softmax_cross_entropy([Value(0.0), Value(0.0)], 1).data == log(2.0)
    True
    """
    scores = [_as_value(x) for x in _as_list(logits)]
    if len(scores) < 2:
        raise ValueError(
            f"a softmax needs two outputs or more, got {len(scores)}; "
            "for one output use binary_cross_entropy_from_logits"
        )
    if isinstance(target, Integral):
        return _surprise(scores, _class(target, len(scores)))
    terms = []
    for k, weight in enumerate(_distribution(target, len(scores))):
        if 1 <= weight <= 1:
            terms.append(_surprise(scores, k))
        elif weight > 0:
            terms.append(_weighted_surprise(weight, scores, k))
    return _sum(terms)


def _surprise(scores: list[Value], k: int) -> Value:
    """-log(softmax(scores)[k]) = log(1 + sum of exp(score - scores[k]) over the other scores).

    The score is subtracted before the logarithm, because logsumexp(scores) - scores[k] cancels:
    with two scores of 1e17 it would be 0 and not log(2). log1p keeps the digits of a loss near 0.
    """
    differences = [
        _difference(score, scores[k]) for place, score in enumerate(scores) if place != k
    ]
    if all(difference <= LARGEST_EXPONENT for difference in differences):
        return log1p(_sum([exp(difference) for difference in differences]))
    # Far below the largest score, the differences of the others from scores[k] would be rounded
    # to the same float, and their derivatives with them.
    top = max(range(len(scores)), key=scores.__getitem__)
    others = [_difference(score, scores[top]) for place, score in enumerate(scores) if place != top]
    return scores[top] - scores[k] + logsumexp([*others, Value(0.0)])


def _weighted_surprise(weight: Value | float, scores: list[Value], k: int) -> Value:
    try:
        return weight * _surprise(scores, k)
    except DomainError:  # the surprise overflows; with this weight it may not
        top = max(scores)
        return (
            weight * top
            - weight * scores[k]
            + weight * logsumexp([_difference(s, top) for s in scores])
        )


def _difference(score: Value, chosen: Value) -> Value:
    """score - chosen; half of it where it is below all floats, since exp of that is 0 as well."""
    try:
        return score - chosen
    except DomainError:
        half = score * 0.5 - chosen * 0.5
        if half > HALF_OF_LEAST:
            raise
        return half


def hinge(scores: Outputs, targets: Targets) -> Value:
    """Mean of max(0, 1 - t * score) over the outputs, for targets t of -1 or 1.

    Source: Bishop, Pattern Recognition and Machine Learning, section 7.1.2.
    """
    terms = []
    for score, t in _pairs(scores, targets):
        t = float(_number(t))
        if t not in (-1, 1):
            raise ValueError(
                f"the hinge loss needs targets of -1 or 1, not {t:g}; "
                "if yours are 0 and 1, use 2 * target - 1"
            )
        terms.append(relu(1 - t * score))
    return _mean(terms)


def _pairs(outputs: Outputs, targets: Targets) -> list[tuple[Value, Value | float]]:
    listed, wanted = _as_list(outputs), _as_list(targets)
    if len(listed) != len(wanted) or not listed:
        raise ValueError(
            f"a loss needs one target for each output, not {_plural(len(listed), 'output')} "
            f"and {_plural(len(wanted), 'target')}: {outputs!r:.50} and {targets!r:.50}"
        )
    return [(_as_value(output), target) for output, target in zip(listed, wanted)]


def _squares(outputs: Outputs, targets: Targets) -> list[Value]:
    return [(target - output) ** 2 for output, target in _pairs(outputs, targets)]


def _as_list(numbers: Outputs) -> list[Value | float]:
    if isinstance(numbers, Value) or not hasattr(numbers, "__iter__"):
        return [numbers]
    return list(numbers)


def _as_value(number: Value | float) -> Value:
    return number if isinstance(number, Value) else Value(number)


def _sum(terms: list[Value]) -> Value:
    # Not sum(terms), whose start would show in a drawing as a constant 0.
    return reduce(add, terms)


def _mean(terms: list[Value]) -> Value:
    if len(terms) == 1:
        return terms[0]
    try:
        return _sum(terms) / len(terms)
    except DomainError:  # the sum overflows; the mean does not
        return _sum([term / len(terms) for term in terms])


def _probability(target: Value | float) -> Value | float:
    """A target from 0 to 1. A Value stays one, so that a compiled loss follows its number.

    Raises: ValueError for any other number.
    """
    t = _number(target)
    if not 0 <= t <= 1:
        raise ValueError(
            f"a cross-entropy needs every target to be a probability from 0 to 1, got {t:g}; "
            "if yours are -1 and 1, use (target + 1) / 2"
        )
    return t


def _number(target: Value | float) -> Value | float:
    """A Value, or a float; infinite for an int that is too large for a float."""
    if isinstance(target, Value):
        return target
    try:
        return float(target)
    except OverflowError:
        return inf if target > 0 else -inf


def _no_cross_entropy(p: float, t: Value | float) -> str:
    """The message for an output p that has no finite cross-entropy."""
    instead = "use binary_cross_entropy_from_logits"
    if 0 <= p <= 1:
        return (
            f"the cross-entropy of probability {p:g} is infinite for target {t:g}; "
            f"leave out the sigmoid and {instead}"
        )
    return (
        f"a cross-entropy needs every output to be a probability from 0 to 1, got {p:g}; "
        f"{instead} for outputs without a sigmoid"
    )


def _class(index: Any, count: int) -> int:
    if isinstance(index, bool) or not 0 <= index < count:
        raise ValueError(
            f"the target class must be a whole number from 0 to {count - 1}, not {index!r}; "
            "classes are counted from 0"
        )
    return int(index)


def _distribution(target: int | Sequence[float], count: int) -> list[Value | float]:
    if isinstance(target, int) or not hasattr(target, "__iter__"):
        raise TypeError(
            f"the target must be a class number or {count} probabilities, not {target!r:.50}"
        )
    weights: list[Any] = [_number(each) for each in target]
    if (
        len(weights) != count
        or any(weight < 0 for weight in weights)
        or not abs(sum(weights) - 1) <= 1e-9
    ):
        raise ValueError(
            f"the target must be {count} probabilities that add up to 1, not {target!r:.50}"
        )
    return weights


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
