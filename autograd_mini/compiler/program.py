"""Program: a tape as lines of assignments, first forward, then backward.

The adjoints are the table's partials, multiplied and added up in the order of `backward()`, so that
a program gives the engine's results to the last bit.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from autograd_mini.compiler.identifiers import Identifiers, comment
from autograd_mini.compiler.problem import Problem
from autograd_mini.engine.comparisons import SAME_SIGN
from autograd_mini.engine.evaluation import CONTINUED
from autograd_mini.engine.graph import reverse_sweep
from autograd_mini.engine.tree import PythonPrinter
from autograd_mini.symbols.terms import Term, Terms, is_atom, parts

# A line has at most so many operations, unless it cannot be divided.
LONGEST = 8


class Assignment(NamedTuple):
    """The line `name = term`; comment: the label that the name stands for."""

    name: str
    term: Term
    comment: str = ""


class Condition(NamedTuple):
    """The line that stops the program unless `left symbol right` has this outcome.

    number: of the guard of the problem.
    """

    number: int
    left: Term
    symbol: str
    right: Term
    outcome: bool


Line = Assignment | Condition


class SourceNames:
    """The names in the source of a program.

    inputs: one for each input. terms: of the terms that have a name, by id.
    constants: the numbers of labelled constants that keep their names in the source.
    folded: the other labelled constants, as "label = number" for a comment.
    remarks: for inputs whose name is not their label, the label, for a comment.
    """

    def __init__(self, problem: Problem, with_constants: bool) -> None:
        labels = problem.labels
        self.identifiers: Identifiers = Identifiers()
        self.inputs: list[str] = [
            self.identifiers.make(labels[place], f"x{number + 1}")
            for number, place in enumerate(problem.inputs)
        ]
        self.terms: dict[int, str] = {}
        self.constants: dict[str, float] = {}
        self.folded: list[str] = []
        self.remarks: dict[str, str] = {
            name: comment(labels[place])
            for name, place in zip(self.inputs, problem.inputs)
            if name != labels[place]
        }
        # The names of inputs and named constants by their places on the tape.
        self.places: dict[int, str] = dict(zip(problem.inputs, self.inputs))
        for place, entry in enumerate(problem.tape.entries):
            if entry.operation is not None or not entry.tag.label or place in problem.inputs:
                continue
            if with_constants:
                name = self.identifiers.make(labels[place], "constant")
                self.places[place], self.constants[name] = name, entry.data
            else:
                self.folded.append(f"{comment(labels[place])} = {entry.data!r}")


class Program:
    """The lines that compute the outputs of a problem and their derivatives.

    names: in its source. terms: maker of all terms.
    values: a term for each output. gradients: for each output, a term for each input in wrt.
    conditions: that must hold. checked: terms that must be finite.
    forward: lines. backward: for each output, its lines.
    """

    def __init__(self, problem: Problem, with_constants: bool = False) -> None:
        """with_constants: whether labelled constants keep their names, for readers."""
        self.problem = problem
        self.names: SourceNames = SourceNames(problem, with_constants)
        self.terms: Terms = Terms()
        results = self._forward()
        self.values: list[Term] = [results[place] for place in problem.outputs]
        self.conditions: list[Condition] = [
            self._condition(results, number) for number in range(len(problem.guards))
        ]
        of_forward = len(self.terms.made)
        may_be_infinite = {
            id(term) for term, size in zip(results, largest(problem, results)) if not size < MOST
        }
        self.checked: list[Term] = to_check(
            self.terms.made[:of_forward], may_be_infinite, self.values
        )
        adjoints = [self._backward(results, output) for output in range(len(self.values))]
        self.gradients: list[list[Term]] = [
            [found.get(place, self.terms.number(0.0)) for place in problem.wrt]
            for found in adjoints
        ]
        self.forward: list[Line]
        self.backward: list[list[Assignment]]
        self._divide_into_lines(results, adjoints)

    # -- the terms ------------------------------------------------------------------------------

    def _forward(self) -> list[Term]:
        """A term for every place of the tape."""
        results: list[Term] = []
        for place, entry in enumerate(self.problem.tape.entries):
            if place in self.names.places:
                results.append(self.terms.name(self.names.places[place]))
            elif entry.operation is None:
                results.append(self.terms.number(entry.data))
            else:
                operands = [self._operand(results, operand) for operand in entry.operands]
                results.append(self.terms.row(entry.operation, *operands))
        return results

    def _condition(self, results: list[Term], number: int) -> Condition:
        left, symbol, right, outcome = self.problem.guards[number]
        sides = self._operand(results, left), self._operand(results, right)
        if symbol != SAME_SIGN:
            return Condition(number, sides[0], symbol, sides[1], outcome)
        signs = [self.terms.call("copysign", self.terms.number(1.0), side) for side in sides]
        return Condition(number, signs[0], "==", signs[1], outcome)

    def _operand(self, results: list[Term], operand: int | float) -> Term:
        return results[operand] if isinstance(operand, int) else self.terms.number(operand)

    def _backward(self, results: list[Term], output: int) -> dict[int, Term]:
        """The adjoints by place, for the places between the output and the inputs in wrt."""
        entries, moves = self.problem.tape.entries, self.problem.moves

        def edges(place: int) -> Iterator[tuple[int, Term]]:
            row, recorded, *_ = entries[place]
            if row is not None and moves[place]:
                operands = [self._operand(results, operand) for operand in recorded]
                for position, operand in enumerate(recorded):
                    if isinstance(operand, int) and moves[operand]:
                        yield operand, self.terms.partial(row, position, operands, results[place])

        order = self.problem.orders[output]
        seeds = {order[-1]: self.terms.number(1.0)}
        return reverse_sweep(order, seeds, edges, self.terms.product, self.terms.sum)

    # -- the lines ------------------------------------------------------------------------------

    def _divide_into_lines(self, results: list[Term], adjoints: list[dict[int, Term]]) -> None:
        problem, labels = self.problem, self.problem.labels
        evaluated = [*results, *(term for found in adjoints for term in found.values())]
        evaluated += [side for each in self.conditions for side in (each.left, each.right)]
        own_line = {id(results[place]) for place in (*problem.labelled, *problem.outputs)}
        for found in adjoints:
            own_line.update(
                id(found[place]) for place in (*problem.labelled, *problem.wrt) if place in found
            )
        named = to_be_named(self.terms.made, evaluated, [*self.values, *self.checked], own_line)
        divider = Divider(self.names, named)
        self.forward = []
        waiting = list(self.conditions)
        for place, term in enumerate(results):
            while waiting and self._is_ready(waiting[0], place):
                self.forward.append(waiting.pop(0))
            self.forward += divider.lines(term, labels[place])
        self.forward += waiting
        self.backward = [
            list(self._adjoint_lines(divider, output, found, results))
            for output, found in enumerate(adjoints)
        ]

    def _is_ready(self, condition: Condition, place: int) -> bool:
        sides = self.problem.guards[condition.number]
        return all(not isinstance(side, int) or side < place for side in (sides.left, sides.right))

    def _adjoint_lines(
        self, divider: Divider, output: int, found: dict[int, Term], results: list[Term]
    ) -> Iterator[Assignment]:
        """The lines of one backward pass: results in its order, a leaf when it is complete."""
        labels = self.problem.labels
        root = labels[self.problem.outputs[output]]
        several = len(self.problem.outputs) > 1
        complete = self.problem.completed_leaves(output)
        for place in reversed(self.problem.orders[output]):
            for each in (place, *complete.get(place, ())):
                if each in found:
                    wanted = f"d{root}_d{labels[each]}"
                    # For a root or a value whose label is not a plain word.
                    named = self._name_of(results[each])
                    otherwise = f"d{output + 1 if several else ''}_d{named}"
                    yield from divider.lines(found[each], wanted, otherwise)

    def _name_of(self, term: Term) -> str:
        """The name of a value in the source; "v" if it has none."""
        return self.names.terms.get(id(term), "") or (
            term.id if isinstance(term, ast.Name) else "v"
        )


class Divider:
    """Divides terms into lines, each term once. named: the ids of the terms that get a line."""

    def __init__(self, names: SourceNames, named: set[int]) -> None:
        self._names = names
        self._named = named

    def lines(self, term: Term, wanted: str, otherwise: str = "t") -> Iterator[Assignment]:
        """The line of `term`, after the lines of its parts; nothing if it has no line.

        A loop, because an adjoint of many shares is a sum that deep.
        """
        names = self._names.terms
        pending = [(term, False)]
        while pending:
            each, is_ready = pending.pop()
            if is_atom(each) or id(each) in names:
                continue
            if not is_ready:
                pending.append((each, True))
                pending += reversed([(part, False) for part, _ in parts(each)])
            elif id(each) in self._named:
                called = wanted if each is term else "t"
                name = self._names.identifiers.make(called, otherwise if each is term else "t")
                names[id(each)] = name
                yield Assignment(name, each, "" if name.startswith(called) else comment(called))


def to_be_named(
    made: Sequence[Term], evaluated: Sequence[Term], outputs: Sequence[Term], own_line: set[int]
) -> set[int]:
    """The ids of the terms that get a line.

    evaluated: terms that are computed in any case. own_line: ids of terms that should have a line.
    A term gets a line if it is used twice, if it should have one, or where a line would become too
    long. A term that only a branch of a conditional uses stays there, since it may have no value
    elsewhere.
    """
    surely = set(map(id, evaluated))
    uses: dict[int, int] = {}
    for term in (*evaluated, *outputs):
        uses.setdefault(id(term), 0)
    for term in outputs:
        uses[id(term)] += 1
    for term in reversed(made):
        if id(term) in uses:
            for part, always in parts(term):
                uses[id(part)] = uses.get(id(part), 0) + 1
                if always and id(term) in surely:
                    surely.add(id(part))
    named: set[int] = set()
    sizes: dict[int, int] = {}
    for term in made:
        key = id(term)
        if key not in uses or is_atom(term):
            continue
        size = 1 + sum(sizes.get(id(part), 0) for part, _ in parts(term))
        unused = uses[key] == 0  # computed only because it may have no value
        if key in surely and (uses[key] > 1 or key in own_line or unused or size > LONGEST):
            named.add(key)
            size = 0
        sizes[key] = size
    return named


# -- terms that must be finite --------------------------------------------------------------------

# Eager recording raises at once where an operation has no finite value. A program does not look at
# every value, since most carry an infinity or a nan on to a value that is looked at. It looks at
# the operands of operations that lose it, as sigmoid and 1/x do, and not at what they bound.

# The largest absolute value of rows of one operand, where the operand is finite.
LARGEST = dict.fromkeys(("sigmoid", "tanh", "sin", "cos", "sign", "step"), 1.0)

# A value is finite if rounding cannot take it from here to infinity.
MOST = 1e300


def largest(problem: Problem, results: Sequence[Term]) -> list[float]:
    """The largest absolute value of each place if all numbers are finite; inf or nan if unknown.

    An input may be infinite. A program looks at the operand of a row unless that is an input.
    """
    found: list[float] = []
    for place, (operation, operands, data, _) in enumerate(problem.tape.entries):
        sizes = [found[each] if isinstance(each, int) else abs(each) for each in operands]
        match operation.name if operation else "":
            case "":
                found.append(math.inf if isinstance(results[place], ast.Name) else abs(data))
            case "add" | "sub":
                found.append(sizes[0] + sizes[1])
            case "mul":
                found.append(sizes[0] * sizes[1])
            case "pow" if operands[1:] == (2.0,) and not isinstance(operands[1], int):
                found.append(sizes[0] * sizes[0])
            case "neg" | "abs" | "relu":
                found.append(sizes[0])
            case name:
                is_seen = isinstance(operands[0], int) and not is_atom(results[operands[0]])
                found.append(LARGEST.get(name, math.inf) if is_seen else math.inf)
    return found


def to_check(made: Sequence[Term], wanted: set[int], outputs: Sequence[Term]) -> list[Term]:
    """The terms to check: those `wanted`, by their ids, whose infinity none of the others shows.

    made: all terms so far, parts before the terms that they are part of. outputs: checked first.
    """
    checked = {id(term): term for term in outputs if not is_atom(term) and id(term) in wanted}
    shown = set(checked)
    for term in reversed(made):
        if is_atom(term):
            continue
        if id(term) in wanted and id(term) not in shown:
            checked[id(term)] = term
            shown.add(id(term))
        if id(term) in shown:
            shown.update(map(id, carried(term)))
    return [term for term in made if id(term) in checked]


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
    """True if a primitive of one operand is infinite or nan wherever its operand is."""
    function = getattr(CONTINUED.library, PythonPrinter.library_name(primitive))
    return not any(math.isfinite(function(x)) for x in (math.inf, -math.inf, math.nan))
