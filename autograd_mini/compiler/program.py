"""Programs: a tape as lines of assignments, first forward, then backward.

The adjoints are the table's partials, multiplied and added up in the order in which `backward()`
does it, so that a program gives the engine's results to the last bit.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograd_mini.compiler.finiteness import unwitnessed
from autograd_mini.compiler.identifiers import Identifiers, comment
from autograd_mini.compiler.problem import Problem
from autograd_mini.engine.comparisons import SAME_SIGN
from autograd_mini.symbols.term_properties import Term, is_atom, parts
from autograd_mini.symbols.terms import Terms

# A line has so many operations at most, unless it cannot be divided.
LONGEST = 8


class Line(NamedTuple):
    """`name = term`, with a comment that says which label the name stands for."""

    name: str
    term: Term
    comment: str = ""


class Guard(NamedTuple):
    """The program holds only where `left symbol right` comes out as it did."""

    number: int
    left: Term
    symbol: str
    right: Term
    outcome: bool


class Program:
    """What is computed from `inputs`, line by line.

    inputs: a name for each input. forward: lines and guards. checked: terms that must come out
    finite. values: a term for each output; gradients: for each output, a term for each input that
    it is differentiated by. names: of the terms that have one, by id. remarks: what the labels of
    inputs say that are called otherwise. names_constants: whether constants that have a label keep
    it, to be read; otherwise baked_in says what they are. constants: the numbers of these names.
    """

    def __init__(self, problem: Problem, names_constants: bool = False) -> None:
        self.problem = problem
        self.terms: Terms = Terms()
        self.names: dict[int, str] = {}
        self.identifiers: Identifiers = Identifiers()
        labels = problem.labels
        self.inputs: list[str] = [
            self.identifiers.make(labels[place], f"x{number + 1}")
            for number, place in enumerate(problem.inputs)
        ]
        said = zip(self.inputs, (labels[place] for place in problem.inputs))
        self.remarks: dict[str, str] = {
            name: comment(label) for name, label in said if name != label
        }
        constants = [
            (place, entry.data)
            for place, entry in enumerate(problem.tape.entries)
            if entry.operation is None and entry.tag.label and place not in problem.inputs
        ]
        self.baked_in: list[str] = []
        self.constants: dict[str, float] = {}
        self._constant_names: dict[int, str] = {}
        if names_constants:
            for place, number in constants:
                name = self.identifiers.make(labels[place], "constant")
                self._constant_names[place], self.constants[name] = name, number
        else:
            self.baked_in = [f"{comment(labels[place])} = {x!r}" for place, x in constants]
        results = self._forward()
        self.values: list[Term] = [results[place] for place in problem.outputs]
        self.guards: list[Guard] = [
            self._guard(results, number) for number in range(len(problem.guards))
        ]
        of_forward = len(self.terms.made)
        self.checked: list[Term] = unwitnessed(self.terms.made[:of_forward], results, self.values)
        adjoints = [self._backward(results, output) for output in range(len(self.values))]
        self.gradients: list[list[Term]] = [
            [found.get(place, self.terms.number(0.0)) for place in problem.wrt]
            for found in adjoints
        ]
        self._layout(results, labels, self.guards, adjoints)

    # -- what is computed -----------------------------------------------------------------------

    def _forward(self) -> list[Term]:
        """A term for every place of the tape."""
        inputs = dict(zip(self.problem.inputs, self.inputs))
        results: list[Term] = []
        for place, entry in enumerate(self.problem.tape.entries):
            if place in inputs:
                results.append(self.terms.name(inputs[place]))
            elif place in self._constant_names:
                results.append(self.terms.name(self._constant_names[place]))
            elif entry.operation is None:
                results.append(self.terms.number(entry.data))
            else:
                operands = [self._operand(results, operand) for operand in entry.operands]
                results.append(self.terms.row(entry.operation, *operands))
        return results

    def _guard(self, results: list[Term], number: int) -> Guard:
        left, symbol, right, outcome = self.problem.guards[number]
        sides = self._operand(results, left), self._operand(results, right)
        if symbol != SAME_SIGN:
            return Guard(number, sides[0], symbol, sides[1], outcome)
        signs = [self.terms.call("copysign", self.terms.number(1.0), side) for side in sides]
        return Guard(number, signs[0], "==", signs[1], outcome)

    def _operand(self, results: list[Term], operand: int | float) -> Term:
        return results[operand] if isinstance(operand, int) else self.terms.number(operand)

    def _backward(self, results: list[Term], output: int) -> dict[int, Term]:
        """d output / d value for the places that it depends on and that depend on an input."""
        terms, entries, moves = self.terms, self.problem.tape.entries, self.problem.moves
        order = self.problem.orders[output]
        adjoints = {order[-1]: terms.number(1.0)}
        for place in reversed(order):
            entry = entries[place]
            if place not in adjoints or not moves[place] or entry.operation is None:
                continue
            operands = [self._operand(results, operand) for operand in entry.operands]
            for position, operand in enumerate(entry.operands):
                if isinstance(operand, int) and moves[operand]:
                    partial = terms.partial(entry.operation, position, operands, results[place])
                    share = terms.product(adjoints[place], partial)
                    known = adjoints.get(operand)
                    adjoints[operand] = share if known is None else terms.sum(known, share)
        return adjoints

    # -- how it is written ----------------------------------------------------------------------

    def _layout(
        self,
        results: list[Term],
        labels: list[str],
        guards: list[Guard],
        adjoints: list[dict[int, Term]],
    ) -> None:
        """Divide the terms into lines."""
        evaluated = [*results, *(term for found in adjoints for term in found.values())]
        evaluated += [side for guard in guards for side in (guard.left, guard.right)]
        own_line = {id(results[place]) for place in self.problem.labelled}
        for found in adjoints:
            own_line.update(
                id(found[place])
                for place in (*self.problem.labelled, *self.problem.wrt)
                if place in found
            )
        named = to_be_named(self.terms.made, evaluated, [*self.values, *self.checked], own_line)
        self._writing = Writing(self, named)
        self.forward: list[Line | Guard] = []
        waiting = list(guards)
        for place, term in enumerate(results):
            while waiting and self._is_ready(waiting[0], place):
                self.forward.append(waiting.pop(0))
            self.forward += self._writing.lines(term, labels[place])
        self.forward += waiting
        self.backward: list[list[Line]] = []
        for output, found in enumerate(adjoints):
            self.backward.append(list(self._adjoint_lines(output, found, results, labels)))

    def _is_ready(self, guard: Guard, place: int) -> bool:
        sides = self.problem.guards[guard.number]
        return all(not isinstance(side, int) or side < place for side in (sides.left, sides.right))

    def _adjoint_lines(
        self, output: int, found: dict[int, Term], results: list[Term], labels: list[str]
    ) -> Iterator[Line]:
        """The lines of one backward pass: results in its order, a leaf when it is complete."""
        root = labels[self.problem.outputs[output]]
        several = len(self.problem.outputs) > 1
        complete = self.problem.completed_leaves(output)
        for place in reversed(self.problem.orders[output]):
            for each in (place, *complete.get(place, ())):
                if each in found:
                    wanted = f"d{root}_d{labels[each]}"
                    # Of a root without a plain label; a label that is none is not in this either.
                    named = self.code_name(results[each])
                    otherwise = f"d{output + 1 if several else ''}_d{named}"
                    yield from self._writing.lines(found[each], wanted, otherwise)

    def code_name(self, term: Term) -> str:
        """What a value is called in the code, if it has a name there."""
        return self.names.get(id(term), "") or (term.id if isinstance(term, ast.Name) else "v")


class Writing:
    """Which terms have got their line by now."""

    def __init__(self, program: Program, named: set[int]) -> None:
        self._program = program
        self._named = named

    def lines(self, term: Term, wanted: str, otherwise: str = "t") -> Iterator[Line]:
        """The line of `term`, called as wanted, after those of its parts; nothing if it has none.

        A loop, as an adjoint of many shares is a sum that deep.
        """
        names = self._program.names
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
                name = self._program.identifiers.make(called, otherwise if each is term else "t")
                names[id(each)] = name
                yield Line(name, each, "" if name.startswith(called) else comment(called))


def to_be_named(
    made: Sequence[Term], evaluated: Sequence[Term], outputs: Sequence[Term], own_line: set[int]
) -> set[int]:
    """The ids of the terms that get a line of their own.

    evaluated: what is computed in any case. A term gets a line if it is used twice, if it should
    have one, or where a line would become too long. What is used only in a branch stays there, as
    it may have no value elsewhere, unless it is one of `evaluated`.
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
        unused = uses[key] == 0  # what is computed only because it may have no value
        if key in surely and (uses[key] > 1 or key in own_line or unused or size > LONGEST):
            named.add(key)
            size = 0
        sizes[key] = size
    return named
