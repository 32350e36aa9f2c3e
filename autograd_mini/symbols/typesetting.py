"""How a name is set: what stands on the line, and what below it."""

from __future__ import annotations

import re
from typing import NamedTuple

GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Phi",
    "Psi",
    "Omega",
]

HEAD = re.compile(r"([^\W\d_]+)(\d\w*)?")

# A control character has a visible stand-in, U+2400 and following: a newline becomes a small NL.
_PICTURES: dict[int, str] = {code: chr(0x2400 + code) for code in range(32)}
_PICTURES[0x7F] = "\N{SYMBOL FOR DELETE}"
# A terminal may obey the first block, UTF-8 has no lone surrogates and XML none of the rest.
for _codes in (range(0x80, 0xA0), range(0xD800, 0xE000), (0xFFFE, 0xFFFF)):
    _PICTURES.update(dict.fromkeys(_codes, "\N{REPLACEMENT CHARACTER}"))


class Symbol(NamedTuple):
    """A name as mathematics writes it: w5 is w with 5 below it."""

    base: str
    below: str


def symbol(name: str) -> Symbol | None:
    """The parts of `name`; None if it is no word and can only be quoted.

    >>> symbol("w5"), symbol("net_h1"), symbol("a1_2")
    (Symbol(base='w', below='5'), Symbol(base='net', below='h1'), Symbol(base='a', below='1,2'))
    >>> symbol("E"), symbol("my loss")
    (Symbol(base='E', below=''), None)
    """
    head, *parts = name.split("_")
    match = HEAD.fullmatch(head)
    if match is None or not all(part.isalnum() for part in parts):
        return None
    base, digits = match.groups()
    return Symbol(base, ",".join(filter(None, [digits, *parts])))


def printable(text: str) -> str:
    r"""`text` on one line, with visible stand-ins for what cannot be printed.

    >>> printable("two\nlines")
    'two␊lines'
    """
    return text.translate(_PICTURES)
