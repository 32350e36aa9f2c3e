"""Where random numbers come from: one generator a seed, or Python's own."""

from __future__ import annotations

import random

Seed = int | random.Random | None


def generator(seed: Seed) -> random.Random:
    """The generator that `seed` stands for.

    An int starts a generator of its own, so that equal seeds draw equal numbers; a `random.Random`
    is used as it is; None means the one behind `random.random()`, which `random.seed` controls.
    """
    if seed is None:
        # Its documentation says that the functions of the module are methods of a hidden Random;
        # only the type stubs do not know.
        seed = random.random.__self__  # type: ignore[attr-defined]
    if isinstance(seed, random.Random):
        return seed
    if isinstance(seed, int):
        return random.Random(seed)
    raise TypeError(f"a seed is an int, a random.Random or None, not {seed!r:.50}")
