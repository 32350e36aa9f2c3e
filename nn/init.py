"""Initial weights: each function here makes a rule that draws one weight at a time.

A rule is called as `rule(fan_in, fan_out, generator)`, where `fan_in` is the number of inputs of
the neuron and `fan_out` the number of neurons in its layer; any such function is a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sqrt
from random import Random

Initializer = Callable[[int, int, Random], float]


def uniform(low: float, high: float) -> Initializer:
    """Every weight from the interval [low, high], all values as likely."""
    if not (isfinite(low) and isfinite(high) and low <= high):
        raise ValueError(
            f"uniform(low, high) needs finite numbers with low <= high, not {low!r} and {high!r}; "
            "uniform(-1, 1) is the usual choice"
        )
    return lambda fan_in, fan_out, generator: generator.uniform(low, high)


def normal(mean: float, deviation: float) -> Initializer:
    """Every weight from the normal distribution with this mean and standard deviation."""
    if not (isfinite(mean) and isfinite(deviation) and deviation >= 0):
        raise ValueError(
            "normal(mean, deviation) needs finite numbers with deviation >= 0, "
            f"not {mean!r} and {deviation!r}; normal(0, 1) is the usual choice"
        )
    return lambda fan_in, fan_out, generator: generator.normalvariate(mean, deviation)


def zeros() -> Initializer:
    """Every weight 0: all neurons of a layer then stay equal, which is worth showing once."""
    return lambda fan_in, fan_out, generator: 0.0


def xavier_uniform() -> Initializer:
    """Uniform, with variance 2 / (fan_in + fan_out): keeps signals level through tanh layers.

    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010, equation 16.
    """
    return _uniform_with_variance(lambda fan_in, fan_out: 2 / (fan_in + fan_out))


def xavier_normal() -> Initializer:
    """Normal, with variance 2 / (fan_in + fan_out).

    Source: Glorot & Bengio, AISTATS 2010, equation 12.
    """
    return _normal_with_variance(lambda fan_in, fan_out: 2 / (fan_in + fan_out))


def he_uniform() -> Initializer:
    """Uniform, with variance 2 / fan_in: keeps signals level through relu layers.

    Source: He, Zhang, Ren & Sun, Delving deep into rectifiers, ICCV 2015, equation 10, which
    states the variance; the distribution there is normal.
    """
    return _uniform_with_variance(lambda fan_in, fan_out: 2 / fan_in)


def he_normal() -> Initializer:
    """Normal, with variance 2 / fan_in.

    Source: He, Zhang, Ren & Sun, ICCV 2015, equation 10.
    """
    return _normal_with_variance(lambda fan_in, fan_out: 2 / fan_in)


def _uniform_with_variance(variance: Callable[[int, int], float]) -> Initializer:
    def draw(fan_in: int, fan_out: int, generator: Random) -> float:
        # The variance of the uniform distribution on [-bound, bound] is bound**2 / 3.
        bound = sqrt(3 * variance(fan_in, fan_out))
        return generator.uniform(-bound, bound)

    return draw


def _normal_with_variance(variance: Callable[[int, int], float]) -> Initializer:
    def draw(fan_in: int, fan_out: int, generator: Random) -> float:
        return generator.normalvariate(0, sqrt(variance(fan_in, fan_out)))

    return draw
