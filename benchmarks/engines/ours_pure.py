"""autograd_mini, recorded at every step by its engine in Python."""

from __future__ import annotations

import os

os.environ["AUTOGRAD_MINI_PURE"] = "1"  # before the first import

from .ours import *  # noqa: F403
