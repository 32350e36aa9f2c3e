"""Text into SVG, HTML and DOT: a label is data and comes out as the same text.

Every function here takes any string, also one with control characters or lone surrogates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# A control character has a visible stand-in, U+2400 and following: a newline becomes a small NL.
_PICTURES: dict[int, str] = {code: chr(0x2400 + code) for code in range(32)}
_PICTURES[0x7F] = "\N{SYMBOL FOR DELETE}"
# A terminal may obey the first block, UTF-8 has no lone surrogates and XML none of the rest.
for _codes in (range(0x80, 0xA0), range(0xD800, 0xE000), (0xFFFE, 0xFFFF)):
    _PICTURES.update(dict.fromkeys(_codes, REPLACEMENT))

_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})

# dot reads a backslash as an escape (\N is the node's name), & as an HTML entity, and the
# rest as fields of a record. The backslash before a quote belongs to the quoted string itself.
_DOT = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})
_DOT_RECORD = _DOT | str.maketrans({character: "\\" + character for character in "{}|<>"})
_SPACE = re.compile("^ | $|(?<= ) ")


def printable(text: str) -> str:
    r"""Replace what cannot be printed by a visible stand-in.

    >>> printable("two\nlines")
    'two␊lines'
    """
    return text.translate(_PICTURES)


def shorten(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, the last of them an ellipsis.

    >>> shorten("a long label", 7)
    'a long…'
    """
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def xml_text(text: str) -> str:
    """Write a text for an XML or HTML element or quoted attribute.

    >>> xml_text("<script>")
    '&lt;script&gt;'
    """
    return printable(text).translate(_XML)


def dot_string(text: str) -> str:
    r"""Write a text as a quoted DOT string.

    >>> print(dot_string('say "hi" to \\N'))
    "say \"hi\" to \\N"
    """
    return f'"{printable(text).translate(_DOT)}"'


def dot_record(fields: Iterable[str], *, across: bool = False) -> str:
    r"""Write texts as the fields of a record, turned against the graph's direction or across it.

    >>> print(dot_record(["a|b", "data 1"]))
    "a\|b|data 1"
    """
    # Between words dot keeps one space; others stay if it does not see them as spaces yet.
    escaped = (_SPACE.sub("&#32;", printable(field).translate(_DOT_RECORD)) for field in fields)
    record = "|".join(escaped)
    return f'"{{{record}}}"' if across else f'"{record}"'
