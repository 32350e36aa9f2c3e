"""Changed digits in the figures of the lectures are found."""

from __future__ import annotations

import re
from decimal import Decimal
from importlib.resources import files
from random import Random

import pytest

from autograd_mini import check_sheet

SHEETS = sorted(
    path.name for path in files("autograd_mini.lectures").iterdir() if path.name.endswith(".md")
)
CLAIM = re.compile(r"^(?P<statement>[^#>]*->\s*)(?P<printed>[-+.\deE]+)\s*$")


def with_another_digit(printed: str, random: Random) -> str:
    """`printed` with another digit at one place, outside of the exponent."""
    mantissa = re.split("[eE]", printed)[0]
    place = random.choice([i for i, character in enumerate(mantissa) if character.isdigit()])
    digit = random.choice(sorted(set("0123456789") - {printed[place]}))
    return printed[:place] + digit + printed[place + 1 :]


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", SHEETS)
def test_no_changed_digit_of_a_lecture_passes_as_rounded(name: str, rounds: int) -> None:
    text = (files("autograd_mini.lectures") / name).read_text(encoding="utf-8")
    random = Random(name)
    planted = 0
    for _ in range(rounds):
        # All figures at once, since the verdict "rounds" does not depend on other figures.
        lines = text.splitlines()
        changed = {}
        for number, line in enumerate(lines):
            claim = CLAIM.match(line)
            if claim:
                changed[number + 1] = with_another_digit(claim["printed"], random)
                lines[number] = claim["statement"] + changed[number + 1]
        for result in check_sheet("\n".join(lines)).results:
            if result.claim.line.number not in changed:
                continue
            printed = Decimal(changed[result.claim.line.number])
            # The other digit may have turned a truncated figure into the rounded one.
            is_right = Decimal(result.value).quantize(printed) == printed
            assert (result.verdict == "rounds") == is_right, (result.claim.line.number, printed)
            planted += not is_right
    assert planted >= 6 * rounds
