"""check_printed: does a printed number say what the value is, as far as its digits go?

>>> check_printed("0.186815602", 0.18681560180895948).verdict
'rounds'
>>> verdict = check_printed("0.081267", 0.08216704056423078)
>>> verdict.verdict, verdict.expected, verdict.suggestion
('wrong', '0.082167', 'two digits are swapped')
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from autograd_mini.checking.digits.numerals import Numeral, read
from autograd_mini.checking.digits.slips import likely_slip
from autograd_mini.checking.digits.targets import Target, shows
from autograd_mini.checking.slips import NO_SLIP, slip
from autograd_mini.engine.value import Value, real

Verdict = Literal["rounds", "truncates", "carried", "wrong"]


class PrintedVerdict(NamedTuple):
    """The verdict on a printed number.

    expected: the digits that were expected, as many as are printed and in the same notation; what
        is printed, if that rounds. exact: the value with two more digits. suggestion: the slip
        that explains a wrong number, "" without one; slip: its code.

    A wrong number is falsy, so that `assert check_printed(...)` works.
    """

    printed: str
    value: float
    verdict: Verdict
    expected: str
    exact: str
    suggestion: str
    slip: str = ""

    def __bool__(self) -> bool:
        return self.verdict != "wrong"


def check_printed(
    printed: str, value: float, interval: tuple[float, float] | None = None
) -> PrintedVerdict:
    """Judge the digits of `printed`: `value` rounded, truncated, carried, following, or wrong.

    Every printed digit counts, zeros too, and nothing else: there is no tolerance relative to the
    value. In 4.36e-6 the digits of the mantissa count, at the value's own power of ten. The last
    place has to reach the first significant digit of the value: 0.02 shows 0.0236, 0.0 does not.

    A float is the end of a computation, and the number that was meant may be a few of the floats
    beside it (4 units in the last place are allowed for). So where a tie is among these, both
    neighbours round, and a value that falls short of a decimal by as little is not truncated to
    the decimal before: 0.2 is not 0.3 truncated.

    >>> check_printed("0.274", 0.2745).verdict, check_printed("0.275", 0.2745).verdict
    ('rounds', 'rounds')

    interval: the bounds within which the value is if it was computed from the numbers that were
        printed before. A number that does neither of the value is carried if it rounds or
        truncates a number inside.

    Raises: ValueError if `printed` is not a decimal number, TypeError if it is not a string or
        `value` is not a real number, DomainError if `value` is an int too large for a float.
    """
    number = value.data if isinstance(value, Value) else real(value)
    if number is None:
        raise TypeError(f"the value that was printed must be a number, got {value!r:.80}")
    return judge_printed(read(printed), number, interval, explained=True)


def judge_printed(
    numeral: Numeral,
    value: float,
    interval: tuple[float, float] | None = None,
    *,
    explained: bool = False,
) -> PrintedVerdict:
    """As `check_printed`, for a number that has been read.

    explained: whether to look for the slip of the pen that explains a wrong number.
    """
    if not math.isfinite(value):
        return PrintedVerdict(numeral.text, value, "wrong", repr(value), repr(value), "")
    target = Target.of(value)
    verdict: Verdict = target.verdict(numeral)
    if verdict == "wrong" and interval is not None and shows(numeral, *interval):
        verdict = "carried"
    found = NO_SLIP
    missing = target.missing_digits(numeral)
    if verdict == "wrong" and missing:
        found = slip("coarse")
    elif verdict == "wrong" and explained:
        found = likely_slip(numeral, target)
    return PrintedVerdict(
        printed=numeral.text,
        value=value,
        verdict=verdict,
        expected=numeral.text if verdict == "rounds" else numeral.write(target.number, missing),
        exact=numeral.write(target.number, max(2, missing + 1)),
        suggestion=found.sentence,
        slip=found.code,
    )
