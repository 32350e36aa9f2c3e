"""Data sets for the classroom: lists of samples, each a pair (inputs, targets) of lists.

The sets of two classes take `labels=(negative, positive)`: 0 and 1 suit a cross-entropy, -1 and 1
suit the hinge loss and tanh.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, hypot, pi, sin

from .settings import Seed, generator, real_number, whole_number

Sample = tuple[list[float], list[float]]
Labels = tuple[float, float]


def xor(
    count: int = 4, noise: float = 0.0, labels: Labels = (0.0, 1.0), seed: Seed = None
) -> list[Sample]:
    """The truth table of exclusive or, repeated until there are `count` points.

    noise: standard deviation of the normal noise that is added to each coordinate.

    >>> xor()
    [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])]
    """
    count, noise = whole_number("count", count, least=1), real_number("noise", noise, least=0)
    disturb = _disturbance(noise, seed)
    samples = []
    for k in range(count):
        x, y = divmod(k % 4, 2)
        samples.append(([x + disturb(), y + disturb()], [float(labels[x != y])]))
    return samples


def circle(
    count: int = 200, noise: float = 0.0, labels: Labels = (0.0, 1.0), seed: Seed = None
) -> list[Sample]:
    """A disc of radius 2.5 (positive) inside a ring from 3.5 to 5 (negative), half the points each.

    noise: a fraction, 0 to 0.5 in the Playground. A point is labelled as if it lay up to 5 * noise
    away in each coordinate: noise mixes the labels and leaves the points where they are.

    Source: TensorFlow Playground, dataset.ts, classifyCircleData.
    """
    count, noise = whole_number("count", count, least=1), real_number("noise", noise, least=0)
    uniform = generator(seed).uniform
    samples = []
    for k in range(count):
        radius = uniform(0, 2.5) if k < count / 2 else uniform(3.5, 5)
        angle = uniform(0, 2 * pi)
        x, y = radius * sin(angle), radius * cos(angle)
        is_inside = hypot(x + uniform(-5, 5) * noise, y + uniform(-5, 5) * noise) < 2.5
        samples.append(([x, y], [float(labels[is_inside])]))
    return samples


def moons(
    count: int = 100, noise: float = 0.0, labels: Labels = (0.0, 1.0), seed: Seed = None
) -> list[Sample]:
    """Two half circles of radius 1 that reach into each other; the lower one is positive.

    noise: standard deviation of the normal noise that is added to each coordinate.

    Source: scikit-learn, make_moons, without its shuffling.
    """
    count, noise = whole_number("count", count, least=1), real_number("noise", noise, least=0)
    disturb = _disturbance(noise, seed)
    upper = [(cos(pi * t), sin(pi * t)) for t in _evenly_spaced(count // 2)]
    lower = [(1 - cos(pi * t), 0.5 - sin(pi * t)) for t in _evenly_spaced(count - count // 2)]
    return [
        ([x + disturb(), y + disturb()], [float(label)])
        for moon, label in zip((upper, lower), labels)
        for x, y in moon
    ]


def line(
    count: int = 20,
    slope: float = 2.0,
    intercept: float = 1.0,
    noise: float = 0.0,
    seed: Seed = None,
) -> list[Sample]:
    """Points of the line y = slope * x + intercept, evenly spaced from x = -1 to x = 1.

    noise: standard deviation of the normal noise that is added to y.

    >>> line(3, slope=2, intercept=1)
    [([-1.0], [-1.0]), ([0.0], [1.0]), ([1.0], [3.0])]
    """
    count, noise = whole_number("count", count, least=1), real_number("noise", noise, least=0)
    slope, intercept = real_number("slope", slope), real_number("intercept", intercept)
    disturb = _disturbance(noise, seed)
    abscissas = [2 * t - 1 for t in _evenly_spaced(count)]
    return [([x], [slope * x + intercept + disturb()]) for x in abscissas]


def _disturbance(deviation: float, seed: Seed) -> Callable[[], float]:
    """Draws from the normal distribution around 0."""
    if deviation == 0:
        # Without noise nothing is drawn, so that Python's own generator keeps its state.
        return float
    normal = generator(seed).normalvariate
    return lambda: normal(0.0, deviation)


def _evenly_spaced(count: int) -> list[float]:
    """`count` numbers from 0 to 1, both ends included."""
    return [k / (count - 1) if count > 1 else 0.0 for k in range(count)]
