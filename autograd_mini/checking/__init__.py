"""Check a derivation: the numbers that are printed, and the derivatives that are claimed.

`check_printed` judges digits, `gradcheck` judges derivatives by differences. `enclosures` evaluates
expressions and rows over intervals, for numbers that were carried on from rounded ones.
"""

from autograd_mini.checking.gradients import (
    GradientMismatch,
    GradientReport,
    assert_gradient,
    gradcheck,
)
from autograd_mini.checking.printed import PrintedVerdict, check_printed, printed_interval

__all__ = [
    "GradientMismatch",
    "GradientReport",
    "PrintedVerdict",
    "assert_gradient",
    "check_printed",
    "gradcheck",
    "printed_interval",
]
