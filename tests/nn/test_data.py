"""Data sets: their shapes are where they should be, and a seed repeats them."""

import math
import random

import pytest

from nn import circle, line, moons, xor

SETS = [xor, circle, moons, line]


@pytest.mark.parametrize("make", SETS)
def test_a_seed_repeats_the_data(make):
    assert make(20, noise=0.5, seed=1) == make(20, noise=0.5, seed=1)
    assert make(20, noise=0.5, seed=1) != make(20, noise=0.5, seed=2)
    random.seed(1)
    assert make(20, noise=0.5) == make(20, noise=0.5, seed=1)


@pytest.mark.parametrize("make", SETS)
@pytest.mark.parametrize("count", [1, 2, 7])
def test_there_are_as_many_samples_as_asked_for(make, count):
    samples = make(count, seed=1)
    assert len(samples) == count
    for inputs, targets in samples:
        assert all(type(number) is float for number in inputs + targets)
        assert len(targets) == 1


@pytest.mark.parametrize("make", [xor, moons, line])
def test_exact_data_leaves_pythons_generator_alone(make):
    random.seed(1)
    make(10)
    assert random.random() == random.Random(1).random()


def test_xor_is_its_truth_table():
    assert xor(6, labels=(-1, 1)) == [
        ([0.0, 0.0], [-1.0]),
        ([0.0, 1.0], [1.0]),
        ([1.0, 0.0], [1.0]),
        ([1.0, 1.0], [-1.0]),
        ([0.0, 0.0], [-1.0]),
        ([0.0, 1.0], [1.0]),
    ]


def test_circle_is_a_disc_in_a_ring():
    samples = circle(400, labels=(-1, 1), seed=1)
    disc = [math.hypot(*point) for point, (label,) in samples if label == 1]
    ring = [math.hypot(*point) for point, (label,) in samples if label == -1]
    assert len(disc) == len(ring) == 200
    assert max(disc) < 2.5
    assert min(ring) > 3.5
    assert max(ring) < 5.0


def test_noise_of_the_circle_moves_labels_not_points():
    exact, noisy = circle(400, seed=1), circle(400, noise=0.5, seed=1)
    assert [point for point, _ in noisy] == [point for point, _ in exact]
    assert [label for _, label in noisy] != [label for _, label in exact]


def test_moons_are_two_half_circles():
    samples = moons(101)
    upper = [point for point, (label,) in samples if label == 0]
    lower = [point for point, (label,) in samples if label == 1]
    assert (len(upper), len(lower)) == (50, 51)
    assert all(y >= 0 and math.hypot(x, y) == pytest.approx(1) for x, y in upper)
    assert all(y <= 0.5 and math.hypot(x - 1, y - 0.5) == pytest.approx(1) for x, y in lower)


def test_moons_are_scikit_learns():
    datasets = pytest.importorskip("sklearn.datasets")
    points, labels = datasets.make_moons(n_samples=100, shuffle=False)
    for (point, (label,)), expected, number in zip(moons(100), points, labels, strict=True):
        assert point == pytest.approx(list(expected), abs=1e-14)
        assert label == number


def test_line_has_the_slope_and_intercept_given():
    assert line(3, slope=-2.0, intercept=0.5) == [([-1.0], [2.5]), ([0.0], [0.5]), ([1.0], [-1.5])]


@pytest.mark.parametrize("make", SETS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "count must be a whole number of at least 1, got 0"),
        ((2.5,), "count must be a whole number of at least 1, got 2.5"),
    ],
)
def test_impossible_counts_are_refused(make, arguments, message, raises):
    with raises(ValueError, message):
        make(*arguments)


@pytest.mark.parametrize("noise", [-1, math.nan, math.inf])
def test_impossible_noise_is_refused(noise, raises):
    with raises(ValueError, f"noise must be a finite number of at least 0, got {noise}"):
        line(noise=noise)
