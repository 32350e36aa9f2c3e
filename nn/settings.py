"""Settings that users give: numbers are converted to Python's own and checked, seeds are resolved.

NumPy's numbers are accepted wherever Python's are. They are converted, so that training computes
with Python floats: a learning rate of type float32 would reduce every parameter to 7 digits.
"""

from __future__ import annotations

import random
import sys
from math import inf, isfinite, nan
from numbers import Integral, Real

Seed = int | random.Random | None


def real_number(name: str, given: object, least: float = -inf, below: float = inf) -> float:
    """`given` as a float.

    Raises: ValueError if it is not a finite real number, less than `least`, or not less than
        `below`.
    """
    number = _as_float(given)
    if not isfinite(number) or not least <= number < below:
        expected = "a finite number"
        if least > -inf:
            expected += f" of at least {least:g}"
        if below < inf:
            expected += f" and less than {below:g}"
        raise ValueError(f"{name} must be {expected}, got {given!r:.80}")
    return number


def positive_number(name: str, given: object) -> float:
    """`given` as a float greater than 0. Raises: as `real_number`."""
    number = _as_float(given)
    if not isfinite(number) or not number > 0:
        raise ValueError(f"{name} must be a finite number greater than 0, got {given!r:.80}")
    return number


def whole_number(name: str, given: object, least: int, otherwise: str = "") -> int:
    """`given` as an int.

    otherwise: words of the message for other allowed values.

    Raises: ValueError if it is not a whole number of at least `least`.
    """
    # bool is an int to Python, but moons(True) is a mistake.
    if not isinstance(given, Integral) or isinstance(given, bool) or given < least:
        raise ValueError(
            f"{name} must be {otherwise}a whole number of at least {least}, got {given!r:.80}"
        )
    return int(given)


def is_true(given: object) -> bool:
    """True if `given` is True, Python's or NumPy's; other objects that count as true are not."""
    numpy = sys.modules.get("numpy")
    return given is True or (numpy is not None and isinstance(given, numpy.bool_) and bool(given))


def generator(seed: Seed) -> random.Random:
    """The generator that `seed` stands for.

    An int starts a new generator, so that equal seeds draw equal numbers; a `random.Random` is used
    as it is; None means the generator behind `random.random()`, which `random.seed` controls.
    """
    if seed is None:
        # The documentation of `random` says that its functions are methods of a hidden Random.
        # The type stubs do not declare it.
        seed = random.random.__self__  # type: ignore[attr-defined]
    if isinstance(seed, random.Random):
        return seed
    if isinstance(seed, Integral):
        return random.Random(int(seed))
    raise TypeError(f"a seed is an int, a random.Random or None, got {seed!r:.50}")


def _as_float(given: object) -> float:
    """nan for an object that is not a real number."""
    if not isinstance(given, Real):
        return nan
    try:
        return float(given)
    except OverflowError:  # an int too large for a float
        return inf
