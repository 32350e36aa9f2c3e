"""Identifiers: the names of values in generated code.

A label becomes an identifier only if it is a plain word without a meaning in any target. Any other
label goes into a comment, cleaned.

>>> identifiers = Identifiers()
>>> [identifiers.make(label, "v1") for label in ("w5", "w5", "lambda", "1; import os")]
['w5', 'w5_2', 'lambda_', 'v1']
>>> comment('two\\nlines')
'two␊lines'
"""

from __future__ import annotations

import keyword
import re

from autograd_mini.engine.operation import TABLE
from autograd_mini.symbols.code import ArrayCode, CCode, PythonCode
from autograd_mini.symbols.text import printable

WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")

# Longer labels are cut in comments.
LONGEST = 60

# Of math.h: macros.
MACROS = ("FP_", "HUGE_", "MATH_", "M_")

C = """asm auto break case char const continue default do double double_t else enum EOF extern
float float_t for goto if INFINITY inline int long main math_errhandling NAN NULL register
restrict return short signed signgam sizeof static struct switch typedef union unsigned void
volatile while"""

JAVASCRIPT = """arguments await break case catch class const continue debugger default delete do
else enum eval export extends false finally for function if implements import in instanceof
interface let new null package private protected public return static super switch this throw true
try typeof undefined var void while with yield Infinity Math NaN Number Array
RangeError"""

# Names that generated functions use.
OURS = """add_lanes all ArithmeticError batch beta1 beta2 copysign count descend done enumerate
epsilon given gradients HUGE_VAL inf inputs INPUTS is_any lanes LANES len looked_at mean momentum
moving nan numbers OUTPUTS raise_stale range rate rows seen1 seen2 square start steps sum_of_values
sums times total truths value value_and_gradients valueAndGradients ValueError values velocity
weight_decay where WRT"""

RESERVED = {
    *keyword.kwlist,
    *keyword.softkwlist,
    *C.split(),
    *JAVASCRIPT.split(),
    *OURS.split(),
    *(name for code in (PythonCode, ArrayCode, CCode) for name in code.library.values()),
}


class Identifiers:
    """Makes names, each once."""

    def __init__(self) -> None:
        self._reserved = {*RESERVED, *TABLE}
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def make(self, wanted: str, otherwise: str = "t") -> str:
        """The first of the two that is a plain word, with a number if it is taken."""
        word = next((each for each in (wanted, otherwise) if WORD.fullmatch(each)), "t")
        if word in self._reserved or word.startswith((*MACROS, "of_each_")):
            word += "_"
        name = word
        while name in self._taken:
            number = self._numbers.get(word, 1) + 1
            self._numbers[word] = number
            name = f"{word}_{number}"
        self._taken.add(name)
        return name


def comment(label: str) -> str:
    """A label for a comment, in every target."""
    text = printable(label[: LONGEST + 1]).replace("\\", "/")
    text = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    text = text.replace("*/", "* /")
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
