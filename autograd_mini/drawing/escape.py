"""Text into SVG, HTML and DOT: a label is data and comes out as the same text.

Every function here takes any string, also one with control characters or lone surrogates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograd_mini.symbols.text import printable

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})

# dot reads a backslash as an escape (\N is the node's name), & as an HTML entity, and the
# rest as fields of a record. The backslash before a quote belongs to the quoted string itself.
_DOT = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})
_DOT_RECORD = _DOT | str.maketrans({character: "\\" + character for character in "{}|<>"})
_SPACE = re.compile("^ | $|(?<= ) ")


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

    A newline in a field breaks its line.

    >>> print(dot_record(["a|b", "data 1"]))
    "a\|b|data 1"
    """

    # Between words dot keeps one space; others stay if it does not see them as spaces yet.
    def escaped(line: str) -> str:
        return _SPACE.sub("&#32;", printable(line).translate(_DOT_RECORD))

    record = "|".join(r"\n".join(map(escaped, field.split("\n"))) for field in fields)
    return f'"{{{record}}}"' if across else f'"{record}"'
