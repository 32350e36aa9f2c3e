"""Initial weights: the distributions are those of the papers."""

import math
import random
import statistics

import pytest

from nn import (
    MLP,
    he_normal,
    he_uniform,
    normal,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)


def draw(rule, fan_in=50, fan_out=30, count=20_000):
    generator = random.Random(1)
    return [rule(fan_in, fan_out, generator) for _ in range(count)]


@pytest.mark.parametrize(
    ("rule", "deviation"),
    [
        (normal(0, 0.5), 0.5),
        (uniform(-2, 2), 2 / math.sqrt(3)),
        (xavier_uniform(), math.sqrt(2 / 80)),
        (xavier_normal(), math.sqrt(2 / 80)),
        (he_uniform(), math.sqrt(2 / 50)),
        (he_normal(), math.sqrt(2 / 50)),
    ],
    ids=["normal", "uniform", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal"],
)
def test_weights_are_centred_and_have_the_papers_deviation(rule, deviation):
    weights = draw(rule)
    # Five standard errors of 20,000 draws.
    assert abs(statistics.fmean(weights)) < 5 * deviation / math.sqrt(20_000)
    assert statistics.pstdev(weights) == pytest.approx(deviation, rel=5 / math.sqrt(2 * 20_000))


@pytest.mark.parametrize(
    ("rule", "bound"),
    [
        (uniform(-2, 2), 2.0),
        (xavier_uniform(), math.sqrt(6 / 80)),
        (he_uniform(), math.sqrt(6 / 50)),
    ],
)
def test_uniform_weights_fill_their_interval(rule, bound):
    weights = draw(rule)
    assert -bound <= min(weights) < -0.99 * bound
    assert 0.99 * bound < max(weights) <= bound


def test_the_mean_of_normal_is_the_one_given():
    assert statistics.fmean(draw(normal(3.0, 0.1))) == pytest.approx(3.0, abs=0.005)


def test_zeros():
    assert set(draw(zeros(), count=3)) == {0.0}


def test_a_network_passes_the_sizes_of_each_layer():
    sizes = []
    MLP(2, [3, 1], init=lambda fan_in, fan_out, generator: sizes.append((fan_in, fan_out)) or 0.0)
    assert sizes == [(2, 3)] * 6 + [(3, 1)] * 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: uniform(1, -1),
            "uniform(low, high) needs low <= high, got 1.0 and -1.0; "
            "uniform(-1, 1) is the usual choice",
        ),
        (
            lambda: uniform(0, math.inf),
            "high must be a finite number, got inf",
        ),
        (
            lambda: normal(0, -1),
            "deviation must be a finite number of at least 0, got -1",
        ),
    ],
)
def test_impossible_distributions_are_refused(make, message, raises):
    with raises(ValueError, message):
        make()
