"""The questions of a quiz: the numbers of a graph that are blank."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from autograd_mini.drawing.picture import Picture, PictureEdge, ValueBox
from autograd_mini.engine.graph import edges, reverse_sweep
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import factor
from autograd_mini.symbols.names import Names, natural

Kind = Literal["values", "partials", "gradients"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# A quiz of a larger graph asks the first ones.
MOST_QUESTIONS = 40

# A leaf with such a name is taken for a parameter, unless `draw(learns=...)` says which are.
PARAMETER = re.compile("w|b|theta|\N{GREEK SMALL LETTER THETA}", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """One number that is asked for.

    box: of a value, of a gradient, or of the result of a partial. edge: of a partial.
    words: the quantity as text, such as dE/dw5 or net_h1.
    """

    kind: Kind
    words: str
    box: ValueBox
    edge: PictureEdge | None = None


@dataclass(frozen=True)
class Quiz:
    """The kinds of numbers that are blank, and the questions that were chosen, if any were."""

    kinds: tuple[Kind, ...] = ()
    chosen: tuple[Question, ...] = ()

    @property
    def title(self) -> str:
        """A heading, or nothing where nothing is asked."""
        return f"Quiz: find the {' and the '.join(self.kinds)}" if self.kinds else ""


NO_QUIZ = Quiz()


class Questions:
    """All questions about a graph, whose first root is the one that is differentiated.

    learns: the leaves that a quiz on gradients asks about; None for those of usual names.
    """

    def __init__(self, picture: Picture, names: Names, learns: Sequence[Value] | None) -> None:
        whole = picture.whole or picture
        self._picture = picture
        self._values = {box.id: value for box, value in zip(whole.values, names.values)}
        self._names = names
        self._learns = set(named_parameters(names) if learns is None else learns)
        self._root = names.roots[0]
        self._top = names(self._root)
        self._adjoints = reverse_sweep(names.values, {self._root: 1.0}, edges)

    def quiz(self, asked: Sequence[str]) -> Quiz:
        """The quiz of kinds, such as "gradients", and of single quantities, such as "dE/dw5".

        Raises: ValueError for a quantity that the picture does not show.
        """
        if set(asked) <= set(KINDS):
            return Quiz(tuple(sorted(set(KINDS) & set(asked), key=list(asked).index)))
        known = {question.words: question for question in self._all()}
        chosen: list[Question] = []
        for each in asked:
            if each in KINDS:
                chosen += self.of_kind(each)
            elif each in known:
                chosen.append(known[each])
            else:
                close = difflib.get_close_matches(each, known, n=1)
                raise ValueError(
                    f"the quiz asks for {each!r}, which is not in the picture"
                    + (f"; did you mean {close[0]!r}?" if close else "")
                )
        kinds = tuple(kind for kind in KINDS if any(each.kind == kind for each in chosen))
        return Quiz(kinds, tuple(dict.fromkeys(chosen)))

    def of(self, quiz: Quiz) -> list[Question]:
        """The questions of a quiz, in the order in which they are asked."""
        found = quiz.chosen or [each for kind in quiz.kinds for each in self.of_kind(kind)]
        return list(found[:MOST_QUESTIONS])

    def of_kind(self, kind: Kind) -> list[Question]:
        """The questions of a kind.

        These are the values with names, the gradients of the parameters (of every named value
        where the picture shows no parameter), and the partials that are formulas.
        """
        if kind == "gradients":
            every = list(self._gradients())
            learns = [each for each in every if self._value(each) in self._learns]
            named = [each for each in every if each.box.label]
            return sorted(learns or named or every, key=lambda each: natural(each.box.name))
        if kind == "partials":
            return [each for each in self._partials() if self._is_formula(each)]
        results = list(self._results())
        return [each for each in results if each.box.label] or results

    def answer(self, question: Question) -> float:
        """The number that is asked for."""
        if question.edge is not None:
            return question.edge.partial or 0.0
        return question.box.data if question.kind == "values" else self.gradient(question.box)

    def gradient(self, box: ValueBox) -> float:
        """d root / d the value of a box, whether or not `backward()` was called."""
        return self._adjoints.get(self._values[box.id], 0.0)

    def _all(self) -> Iterator[Question]:
        """Every question; of equal words the last one counts."""
        yield from self._results()
        yield from self._partials()
        yield from self._gradients()

    def _results(self) -> Iterator[Question]:
        for box in self._picture.values:
            if box.operands:
                yield Question("values", box.name, box)

    def _gradients(self) -> Iterator[Question]:
        for box in self._picture.values:
            value = self._values[box.id]
            if value in self._adjoints and value is not self._root:
                yield Question("gradients", f"d{self._top}/d{box.name}", box)

    def _partials(self) -> Iterator[Question]:
        for box in self._picture.values:
            for edge in box.operands:
                source = self._picture.by_id.get(edge.source)
                if isinstance(source, ValueBox):
                    yield Question("partials", f"d{box.name}/d{source.name}", box, edge)

    def _is_formula(self, question: Question) -> bool:
        """True if a partial is not the same number whatever the values are."""
        assert question.edge is not None
        shown = {id(self._values[box.id]) for box in self._picture.values}
        operand = self._values[question.edge.source]
        result = self._value(question)
        tree = factor(result, operand, lambda value: id(value) in shown, self._names)
        return any(isinstance(node, ast.Name) for node in ast.walk(tree))

    def _value(self, question: Question) -> Value:
        return self._values[question.box.id]


def named_parameters(names: Names) -> list[Value]:
    """The leaves named like weights and biases; all leaves where none is."""
    leaves = [value for value in names.values if value.op is None]
    return [leaf for leaf in leaves if PARAMETER.match(leaf.label)] or leaves
