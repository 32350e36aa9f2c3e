"""Initial weights: each function here makes a rule that draws one weight at a time.

A rule is called as `rule(fan_in, fan_out, generator)`: `fan_in` is the number of inputs of the
neuron, `fan_out` the number of neurons in its layer. Any function of these three is a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from random import Random

from .settings import real_number

Initializer = Callable[[int, int, Random], float]


def uniform(low: float, high: float) -> Initializer:
    """Every weight from the uniform distribution on [low, high]."""
    low, high = real_number("low", low), real_number("high", high)
    if low > high:
        raise ValueError(
            f"uniform(low, high) needs low <= high, got {low!r} and {high!r}; "
            "uniform(-1, 1) is the usual choice"
        )
    return lambda fan_in, fan_out, generator: generator.uniform(low, high)


def normal(mean: float, deviation: float) -> Initializer:
    """Every weight from the normal distribution with this mean and standard deviation."""
    mean, deviation = real_number("mean", mean), real_number("deviation", deviation, least=0)
    return lambda fan_in, fan_out, generator: generator.normalvariate(mean, deviation)


def zeros() -> Initializer:
    """Every weight 0. All neurons of a layer then stay equal during training."""
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
