"""autograd_mini, a sample's graph recorded once and compiled to NumPy."""

from __future__ import annotations

from functools import partial

from . import compiled_style

demo = partial(compiled_style.demo, "numpy")
