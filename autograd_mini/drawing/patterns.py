"""Patterns of a graph without scopes: which values were computed alike, and how far from leaves.

An expression ends at a value that has a name, is used several times, or is a root; what was
computed for it alone belongs to it. Its pattern is its formula, without names but those of lists,
such as relu(sum(w·x)), and its step: one more than the last step of the expressions that it uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import NamedTuple

from autograd_mini.drawing.acyclic_groups import Sources
from autograd_mini.drawing.escape import shorten
from autograd_mini.drawing.picture import DrawnOperation, Picture
from autograd_mini.symbols.names import list_name

# An expression is cut where it has more operations above one another (a sum counts as one), or
# more letters.
HIGHEST, LONGEST = 6, 60
LONGEST_NAME = 16


class Pattern(NamedTuple):
    """The formula and the step that values drawn as one box share.

    alike: tells patterns of one text apart.
    """

    step: int
    text: str
    alike: Hashable


class _Expression(NamedTuple):
    """The formula of a value, and how another that it ends for names it.

    terms: those of a sum, each form once. ends: whether it ends here.
    """

    text: str
    name: str
    terms: tuple[str, ...]
    is_infix: bool
    height: int
    step: int
    ends: bool


_LEAF = _Expression("x", "x", (), False, 0, 0, True)
_CONSTANT = _LEAF._replace(text="c", name="c")


def find_patterns(picture: Picture, sources: Sources) -> list[Pattern]:
    """The pattern of each value; a leaf has the pattern of its list, or of its first use."""
    uses = Counter(source for feeding in sources for source in set(feeding))
    expressions: list[_Expression] = []
    for place, (value, feeding) in enumerate(zip(picture.values, sources)):
        name = list_name(value.label)
        name = "x" if name == value.label else shorten(name, LONGEST_NAME)
        if value.operation is None:
            expressions.append(_LEAF._replace(name=name))
            continue
        for source in feeding:
            used = expressions[source]
            goes_on = value.operation.symbol == "+" and used.terms
            if (used.height >= HIGHEST and not goes_on) or len(used.text) > LONGEST:
                expressions[source] = used._replace(ends=True)
        made = _combined(value.operation, [expressions[source] for source in feeding], feeding)
        ends = value.label or uses[place] != 1 or value.id in picture.roots
        expressions.append(made._replace(name=name, ends=bool(ends)))
    # From the roots down, the first use of a leaf is met last.
    patterns = [Pattern(each.step, each.text, each.step) for each in expressions]
    for place in reversed(range(len(patterns))):
        value, expression = picture.values[place], expressions[place]
        if value.label and value.id not in picture.roots:
            alike = "list" if value.operation is None else expression.step
            patterns[place] = patterns[place]._replace(text=list_name(value.label), alike=alike)
        for source in sources[place]:
            if picture.values[source].operation is None:
                step, text, _ = patterns[place]
                patterns[source] = Pattern(step, "leaves", ("of", step, text))
            elif not expressions[source].ends:
                patterns[source] = patterns[place]
    return patterns


def _combined(
    operation: DrawnOperation, used: list[_Expression], feeding: list[int]
) -> _Expression:
    """The expression of a result, made of those that its operands end or go on."""
    operands = iter(used)
    parts = [
        _CONSTANT if each.constant is not None else next(operands) for each in operation.operands
    ]
    parts = [_LEAF._replace(text=part.name) if part.ends else part for part in parts]
    step = max((each.step + each.ends for each in used), default=1)
    height = 1 + max(part.height - bool(part.terms) * (operation.symbol == "+") for part in parts)
    terms: tuple[str, ...] = ()
    infix = False
    constants = [each.constant for each in operation.operands if each.constant is not None]
    if operation.symbol == "+" and not any(constants):
        flat = [term for part in parts for term in part.terms or (part.text,)]
        terms = tuple(sorted(set(flat) - {"c"})) or ("c",)
        text = f"sum({', '.join(terms)})"
    elif operation.symbol.isidentifier() or len(parts) > 2:
        text = f"{operation.symbol}({', '.join(dict.fromkeys(part.text for part in parts))})"
    else:
        infix = True
        texts = [f"({part.text})" if part.is_infix else part.text for part in parts]
        if texts == ["x", "x"] and feeding[0] != feeding[-1]:
            texts[1] = "y"
        is_square = operation.symbol == "*" and feeding[0] == feeding[-1] and len(feeding) == 2
        sign = {"*": "·", "**": "^"}.get(operation.symbol, f" {operation.symbol} ")
        text = sign.join(texts) if len(texts) == 2 else operation.symbol + texts[0]
        text = f"{texts[0]}²" if is_square else text
    return _Expression(text, "x", terms, infix, height, step, ends=False)
