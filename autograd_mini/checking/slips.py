"""Slips: the codes and sentences of the usual mistakes, in one table.

A slip has a stable code, for programs and tests, and a sentence for people. Where a slip is told in
several ways, its entries in the table differ after the slash; the code is the part before it.

>>> slip("digits-swapped")
Slip(code='digits-swapped', sentence='two digits are swapped', part='')
>>> slip("neighbour/number", name="dE/dw6").sentence
"it is dE/dw6, the neighbour's"
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Slip(NamedTuple):
    """A mistake that explains a wrong number or formula.

    part: the part of the formula that is off, "" if the slip has none.
    """

    code: str
    sentence: str
    part: str = ""


NO_SLIP = Slip("", "")

SENTENCES: dict[str, str] = {
    # Slips of the pen, in a printed number.
    "sign/too-many": "a minus sign too many",
    "sign/missing": "the minus sign is missing",
    "power-of-ten": "{times} times too {size}: a lost or added zero, or a shifted decimal point",
    "digits-swapped": "two digits are swapped",
    "zero-lost": "a zero is lost",
    "zero-added": "a zero too many",
    "twice/number": "twice the value: a factor 1/2 is missing, or a factor 2 is too many",
    "half/number": "half the value: a factor 2 is missing, or a factor 1/2 is too many",
    "coarse": "too few digits: the first significant digit of the value is not shown",
    "last-digit": "the last digit is off by one",
    "digit-wrong": "one digit is wrong: {printed} should be {right}",
    # Slips in a formula that is claimed.
    "sign/formula-missing": "a minus is missing{swapped}: try {new} instead of {old}",
    "sign/formula-too-many": "a minus is too many{swapped}: try {new} instead of {old}",
    "half/formula": "a factor 2 is missing, or a factor 1/2 is too many{place}",
    "twice/formula": "a factor 1/2 is missing, or a factor 2 is too many{place}",
    "neighbour/formula": "{old} is the neighbour's: try {new} instead of {old}",
    "exponent": "an exponent is wrong: try {new} instead of {old}",
    "factor-missing": "a factor is missing: {factor}",
    "factor-missing/in-term": "a factor is missing: multiply {term} by {factor}",
    "factor-missing/zero": "a factor is missing: {factor}, which is 0 here",
    "factor-extra": "a factor is too many: leave out {factor}",
    "path-missing": "a path is forgotten: {x} reaches {y} through {through} too",
    "path-missing/formula": (
        "a path is forgotten: {x} reaches {y} through {through} too; {addition}"
    ),
    "path-missing/only": "a path is forgotten: {x} reaches {y} not only through {through}",
    "term-missing": "a term is missing: {term}",
    "term-missing/formula": "a term is missing: {addition}",
    "term-extra": "a term is too many: leave out {term}",
    "wrong-quantity": "{old} is the wrong quantity: try {new} instead of {old}",
    "wrong-factor": "{old} is the wrong factor: try {new} instead of {old}",
    "function/formula": "another function: try {new} instead of {old}",
    "rule/formula-sigmoid": "the sigmoid's rule, {old}, instead of tanh's, {new}",
    "rule/formula-tanh": "tanh's rule, {old}, instead of the sigmoid's, {new}",
    "exponent/only": "it holds for {name} = {number} only",
    "sum-to-1": "it holds only if {sum} = 1; state that on another line if it is meant",
    "part-off": "what may be off is {off}",
    "number-for-formula": "a number is not a formula: write a printed number after `->`",
    "copied": "right, but it does not follow from the numbers before it",
    "independent": "{y} does not depend on {x}; a stated number keeps its formula with `given`",
    "accident/only": "it holds for {name} = {number} only",
    "accident": "it agrees at this point only: with other numbers in the leaves it does not",
    # Slips in the derivation behind a printed number.
    "neighbour/number": "it is {name}, the neighbour's",
    "neighbour/as-if": "as if {old} were {new}, the neighbour's",
    "sign/as-if": "a sign is wrong: as if {old} were {new}",
    "exponent/as-if": "an exponent is missing: as if {old} were {new}",
    "rule/sigmoid": "the sigmoid's rule, {new}, instead of tanh's, {old}",
    "rule/tanh": "tanh's rule, {new}, instead of the sigmoid's, {old}",
    "function/as-if": "another function: as if {old} were {new}",
    "updated": "computed with {updated}, as already updated",
    "updated/for-gradient": "it is the updated parameter, {updated}, and no gradient",
    "wrong-quantity/number": "it is {name}, not {claimed}",
    "factor-extra/number": "a factor is too many: {factor}",
    "term-extra/number": "a term is too many: {term}",
}


def slip(key: str, part: str = "", **words: object) -> Slip:
    """The slip of a key of the table, with `words` for the names in its sentence."""
    return Slip(key.partition("/")[0], SENTENCES[key].format(**words), part)


def follows_from(places: Iterable[str]) -> Slip:
    """The remark on a number that follows from the wrong numbers in some lines."""
    listed = list(places)
    word = "line" if len(listed) == 1 else "lines"
    return Slip("", f"from {word} {', '.join(listed)}")
