"""Which values of a program must be looked at to see that all are finite.

Where an operation has no finite value, eager recording raises at once. A program does not look at
every value: most carry an infinity or a nan on, to a value that is looked at. Only what feeds
operations that lose it, as sigmoid and 1/x do, is looked at itself.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from functools import cache

from autograd_mini.engine.evaluation import CONTINUED
from autograd_mini.engine.tree import PythonPrinter
from autograd_mini.symbols.term_properties import Term, is_atom


def unwitnessed(
    made: Sequence[Term], results: Sequence[Term], outputs: Sequence[Term]
) -> list[Term]:
    """The terms to look at: all `outputs`, and each of `results` that none of these tells about.

    made: all terms so far, parts before what they are part of.
    """
    to_look_at = {id(term): term for term in outputs if not is_atom(term)}
    wanted = set(map(id, results))
    witnessed = set(to_look_at)
    for term in reversed(made):
        if is_atom(term):
            continue
        if id(term) in wanted and id(term) not in witnessed:
            to_look_at[id(term)] = term
            witnessed.add(id(term))
        if id(term) in witnessed:
            witnessed.update(map(id, carried(term)))
    return [term for term in made if id(term) in to_look_at]


def carried(term: Term) -> Iterator[Term]:
    """The parts of `term` that make it infinite or nan if they are."""
    match term:
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right):
            yield left
            if not isinstance(operator, ast.Div):
                yield right
        case ast.Call(func=ast.Name(id=name), args=[argument]) if carries(name):
            yield argument


@cache
def carries(primitive: str) -> bool:
    """Whether a primitive of one operand is infinite or nan wherever its operand is."""
    function = getattr(CONTINUED.library, PythonPrinter.library_name(primitive))
    return not any(math.isfinite(function(x)) for x in (math.inf, -math.inf, math.nan))
