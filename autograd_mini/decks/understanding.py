"""Understanding: which quantity each number and each formula of a deck is about.

A number that stands for a leaf is given; one that stands for a name with a formula, or for a
derivative, is a figure that can be judged. A formula for a name that has another is an equality
that can be judged.
"""

from __future__ import annotations

import ast
import re

from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.decks.analogies import (
    define_by_derivatives,
    define_by_general,
    define_constants,
    find_analogies,
    generalize_updates,
)
from autograd_mini.decks.cursor import A_MATRIX
from autograd_mini.decks.definitions import (
    Assertion,
    Definitions,
    Term,
    find_formulas,
    is_rule,
    meant_name,
    occurring_names,
    one_for_many,
    read_bare_names,
    rows,
)
from autograd_mini.decks.doubts import broken_link
from autograd_mini.decks.given import STATED, agree, is_close, leads_to, precision
from autograd_mini.decks.lines import NumberLines
from autograd_mini.decks.meanings import ANOTHER, TOO_MANY, Meanings
from autograd_mini.decks.names import loose_index
from autograd_mini.decks.parts import Equality, Figure, LeftAlone, Part, stated_twice
from autograd_mini.decks.reading import Deck, DeckEquation, Side
from autograd_mini.decks.scenes import Identities
from autograd_mini.decks.trees import (
    UPDATE,
    digits,
    ends,
    is_one_off,
    is_other_sign,
    plain_names,
    rebuilt,
    renamed,
    substituted,
    written,
)

# Words before a number that is only supposed for a name: for $e = 0.5$.
SUPPOSITION = re.compile(r"\b(?:(?i:for|if|when|at|suppose|assume|let|take)|With)\W{0,4}$")

# Of one part of a deck; a lecture has about 40.
MOST_NAMES = 120


def understand(
    deck: Deck, equations: list[DeckEquation], functions: dict[str, tuple[str, ast.expr]]
) -> Part:
    """Find out what the equations of a part of a deck are about.

    functions: those that are defined here or in the parts before, with their arguments.
    """
    definitions = Definitions(functions=functions)
    for name, (_, body) in definitions.functions.items():
        definitions.formulas[name] = body
    twice = stated_twice(equations)
    known = {id(equation) for equation, *_ in twice}
    found = rows(deck, [each for each in equations if id(each) not in known], definitions)
    read_as = read_bare_names(found)
    misnamed = find_formulas(found, definitions)
    occurring = occurring_names(found)
    if len(occurring) > MOST_NAMES:
        raise found[0].head.side.line.error(
            f"a part of a deck has {MOST_NAMES} names at most, this has {len(occurring)}; "
            "split it by headings such as ## Example 1"
        )
    general = define_by_general(deck, found, definitions)
    found = general.rest
    read_as |= general.read_as
    named_right = occurring_names(row for row in found if row not in misnamed)
    find_analogies(occurring, set(named_right), definitions)
    define_constants(found, definitions)
    found, upstream = define_by_derivatives(found, definitions)
    read_as |= upstream
    updated = {row.name.removesuffix(UPDATE) for row in found if row.name.endswith(UPDATE)}
    generalize_updates(sorted(updated), definitions)
    walk = Walk(deck, definitions, found)
    walk.result.read_as.update(read_as)
    walk.result.claims += general.slips
    for equation, remark, meant in twice:
        head, side = equation.sides
        assert head.tree is not None
        walk.result.claims.append(Equality(head.tree, head.tree, side, (), remark, "index"))
        if meant in occurring and meant not in definitions.formulas:
            walk.lines.votes.add(meant, side.printed, side, STATED)
    part = walk.part()
    part.claims += [claim for claims in general.claims for claim in walk.chosen(claims)]
    return part


class Walk:
    """Goes through the rows of a part in order."""

    def __init__(self, deck: Deck, definitions: Definitions, found: list[Assertion]) -> None:
        self.deck = deck
        self.definitions = definitions
        self.rows = found
        self.result: Part = Part(definitions)
        self.result.opaque = _opaque_names(
            found, {name for name, _ in definitions.functions.values()}
        )
        self.result.computed = {
            row.name for row in found if row.name not in definitions.formulas and row.is_computed
        }
        self.lines: NumberLines = NumberLines(definitions, found)
        self.last_printed: dict[str, ast.expr] = {}
        # For each name its last line of numbers that has no result yet, and where it stands.
        self.pending: dict[str, tuple[ast.expr, Side]] = {}
        self.before: str = ""  # what the row before is about
        self.stated: set[str] = set()  # the names whose definition was passed
        self.rule: tuple[str, ast.expr] | None = None  # of the updates from here on
        self.identities: Identities = Identities(definitions)
        self.meanings: Meanings = Meanings(self.result, self.lines, self.identities)

    def part(self) -> Part:
        self._prefer_structure()
        self.result.given = self.lines.given()
        for row in self.rows:
            self._walk(row)
        return self.result

    def chosen(self, claims: list[Equality]) -> list[Equality]:
        """The first of the claims that a formula with an index makes, which stands for all.

        None if that formula is for some of the names and not for others.
        """
        first = claims[0]
        trees = [tree for each in claims for tree in (each.left, each.right)]
        below = self.definitions.below(name for tree in trees for name in plain_names(tree))
        guessed = self.result.computed | self.definitions.analogies.keys()
        if below & guessed or any(map(self.why_not, trees)):
            return []
        if "/d" in written(first.left):
            return [first]
        holds = {self.identities.holds(each.left, each.right) for each in claims}
        return [first] if len(holds) == 1 and (len(claims) > 1 or True in holds) else []

    # -- names

    def _tree(self, tree: ast.expr) -> ast.expr:
        """A tree with updates written out, and with the names as they are now."""
        tree = renamed(tree, self.meanings.current)
        meanings = {}
        for name in names_in(tree):
            if name.endswith(UPDATE):
                plain = name.removesuffix(UPDATE)
                rule = self.definitions.updates.get(plain)
                if self.rule is not None:
                    rule = renamed(self.rule[1], {self.rule[0]: plain})
                if rule is not None:
                    meanings[name] = renamed(rule, self.meanings.current)
        return substituted(tree, meanings) if meanings else tree

    def why_not(self, tree: ast.expr) -> str:
        """The reason to decline a tree, or ""."""
        formulas = self.definitions.formulas
        for name in names_in(tree):
            if name.endswith(UPDATE):
                return f"the rule by which {name.removesuffix(UPDATE)} is updated is not stated"
            if "/d" in name:
                y, x = ends(name)
                if y != x and y not in formulas:
                    return f"a derivative of {y}, which has no formula here"
                if x in self.result.opaque:
                    return f"{x} is a vector or a matrix"
            for plain in [name] if "/d" not in name else ends(name):
                if plain in self.result.opaque and plain not in formulas:
                    return f"{plain} is a vector or a matrix"
        return ""

    # -- rows

    def _walk(self, row: Assertion) -> None:
        head = row.head.tree
        if not row.terms:
            return
        if head is None:
            self._leave(row.head, row)
        elif row.head.side.missing and row.name and not self.why_not(self._tree(head)):
            self.result.claims.append(Equality(self._tree(head), self._tree(head), row.head.side))
        own: ast.expr | None = None
        before: tuple[ast.expr, ...] = ()
        if row.head.is_number and head is not None and not row.head.side.printed:
            own = head
        own_side: Side | None = None
        if row.name and row.name in self.pending and own is None:
            own, own_side = self.pending.pop(row.name)  # the numbers stand in a row before
            printed = row.terms[0].side.printed
            if row.name != self.before and not (printed and leads_to(own, printed)):
                own = own_side = None
        self.before = row.name
        for term in row.terms:
            tree = term.tree
            if tree is None:
                self._leave(term, row)
                own = None
                continue
            if term.is_number and not term.side.printed:
                self._add_operands(row, term)
                if head is not None and not row.head.is_number:
                    self._add_conflict(row, term)
                if own is not None and not is_close(own, tree):
                    remark = f"{written(own)} is not {written(tree)}"
                    self.result.claims.append(
                        Equality(own, tree, own_side or term.side, (), remark)
                    )
                self.pending[row.name] = tree, term.side
                own_side = term.side
                own = tree
                continue
            if term.side.printed:
                self._add_number(row, term, own)
                self.result.place_own(term.side, own_side)
                own = None
                self.pending.pop(row.name, None)
                continue
            own = None
            if term.side.relation == "<-":
                self.result.left_alone.append(LeftAlone(term.side, "an update instruction"))
                continue
            tree = self._unmixed(tree)
            if tree is None:
                self.result.left_alone.append(LeftAlone(term.side, "names and numbers mixed"))
                continue
            if head is None or row.head.is_number:
                if head is None and before:
                    self._add_equality(before[-1], self._tree(tree), term.side, ())
                before += (self._tree(tree),)
                continue
            updated = row.name.removesuffix(UPDATE)
            if (
                updated != row.name
                and is_rule(tree, updated)
                and not is_other_sign(self.definitions.updates[updated], tree)  # else it is a slip
            ):
                self.rule = updated, tree
            rule = self.definitions.updates.get(updated) if updated != row.name else None
            # w - eta says nothing of the derivative.
            is_step = len({*names_in(tree)}) > 2 or "/d" in written(tree)
            if rule is not None and is_rule(rule, updated) and not is_step:
                self.result.left_alone.append(LeftAlone(term.side, "another rule of updates"))
                continue
            self._add_formula(row, term, tree, before)
            before += (self._tree(tree),)

    def _leave(self, term: Term, row: Assertion) -> None:
        head, text = (self.deck.text(each.side) for each in (row.head, term))
        if (letter := loose_index(text)) and not loose_index(f"(\\sum_{letter}){head}"):
            reason = f"{letter} is the index of the sum, and stands outside of it"
            name = ast.Name(letter)
            self.result.claims.append(Equality(name, name, term.side, (), reason, "index"))
        elif term.reason and term.reason != "nothing":
            self.result.left_alone.append(LeftAlone(term.side, term.reason))

    def _add_conflict(self, row: Assertion, term: Term) -> None:
        """Report a formula to which the numbers below it do not fit: two for one name."""
        assert term.tree is not None
        assert row.head.tree is not None
        place = next(i for i, other in enumerate(row.terms) if other is term)
        here = self.lines.row_places[id(row)]
        before = self.rows[here - 1].terms if here and self.rows[here - 1].name == row.name else []
        for other in reversed([*before, *row.terms[:place]]):
            if other.tree is None or other.is_number:
                continue
            if misprint := self.lines.misprint(other.tree, row, term):
                name, reason = ast.Name(misprint[0]), misprint[1]
                self.result.claims.append(
                    Equality(name, name, term.side, (), reason, "own-numbers")
                )
            elif reason := self.lines.against(other.tree, row, term):
                left, right = self._tree(row.head.tree), self._tree(other.tree)
                self.result.claims.append(Equality(left, right, other.side, (), reason))
            return

    def _add_operands(self, row: Assertion, term: Term) -> None:
        fits = self.lines.is_computed_right(row, term)
        for tree, printed in self.lines.operands(row, term):
            if isinstance(tree, ast.Name) and self.lines.is_leaf(tree.id):
                self._stated(tree.id, printed, term.side, not fits)
                continue
            figure = Figure(self._tree(tree), printed, term.side, is_operand=True, fits=fits)
            if not any(self._is_same(figure, other) for other in self.result.claims[-12:]):
                self._add(figure)

    def _is_same(self, figure: Figure, other: Figure | Equality) -> bool:
        return (
            isinstance(other, Figure)
            and other.side.line.number == figure.side.line.number
            and other.printed == figure.printed
            and written(other.tree) == written(figure.tree)
        )

    def _add(self, figure: Figure) -> None:
        if reason := self.why_not(figure.tree):
            if not figure.is_operand:
                self.result.left_alone.append(LeftAlone(figure.side, reason))
            if figure.own is None:
                return
            figure.tree = figure.own
        self.last_printed[figure.printed.lstrip("-")] = figure.tree
        self.result.claims.append(figure)

    def _stated(self, name: str, printed: str, side: Side, is_slip: bool) -> None:
        """The number of a leaf: a claim where it is not the one that is given, and out of line."""
        given = self.result.given.get(name)
        if given is not None and not agree(given.printed, printed):
            if is_slip:
                self.result.claims.append(Figure(ast.Name(name), printed, side))
            else:
                self.result.left_alone.append(LeftAlone(side, f"another number for {name}"))

    def _add_number(self, row: Assertion, term: Term, own: ast.expr | None) -> None:
        head = row.head.tree
        printed = term.side.printed
        if head is None or row.head.is_number:
            if own is not None:
                self._add(Figure(own, printed, term.side, own))
            return
        if isinstance(head, ast.Name) and self.lines.is_leaf(head.id):
            self._stated(head.id, printed, term.side, is_slip=False)
            if own is not None:
                self._add(Figure(own, printed, term.side, own))
            return
        start = row.head.side.start
        if own is None and SUPPOSITION.search(self.deck.source.text[max(start - 20, 0) : start]):
            self.result.left_alone.append(LeftAlone(term.side, "a supposition"))
            return
        self._add(Figure(self._tree(head), printed, term.side, own))

    def _unmixed(self, tree: ast.expr) -> ast.expr | None:
        """A formula whose figures are names again, as far as they were printed before."""
        replaced: dict[int, ast.expr] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and any("." in digits(each) for each in node.args):
                return None  # sigmoid(1.2) beside names
            if isinstance(node, ast.Constant):
                text = str(getattr(node, "kind", None) or "")
                if precision(text) > 2:
                    if text not in self.last_printed:
                        return None
                    replaced[id(node)] = self.last_printed[text]
        return rebuilt(tree, replaced) if replaced else tree

    def _add_formula(
        self, row: Assertion, term: Term, tree: ast.expr, before: tuple[ast.expr, ...]
    ) -> None:
        head = row.head.tree
        assert head is not None
        name = row.name
        if name and "/" not in name and not name.endswith(UPDATE):
            if other := meant_name(name, tree, self.definitions, self.lines.occurring):
                reason = f"this is the formula of {other}; is {other} meant?"
                left = ast.Name(name)
                self.result.claims.append(Equality(left, tree, row.head.side, (), reason, "index"))
                return
            if self.lines.is_leaf(name):
                return
            now = self.meanings.current.get(name, name)
            formula = self.definitions.formulas[now]
            if tree is formula and self._first(name):
                self.result.origins[now] = term.side
                if reason := one_for_many(name, formula, self.definitions, self.lines.occurring):
                    left = ast.Name(name)
                    self.result.claims.append(
                        Equality(left, formula, term.side, (), reason, "index")
                    )
                return
            reason = self.meanings.why_another(row, term, self._tree(tree), before)
            if reason == ANOTHER:
                return
            if reason:
                self.result.left_alone.append(LeftAlone(term.side, reason))
                return
        self._add_equality(self._tree(head), self._tree(tree), term.side, before)

    def _first(self, name: str) -> bool:
        """True if this is the first time that a name is looked for."""
        seen = name in self.stated
        self.stated.add(name)
        return not seen

    def _add_equality(
        self, left: ast.expr, right: ast.expr, side: Side, before: tuple[ast.expr, ...]
    ) -> None:
        reason = self.why_not(left) or self.why_not(right)
        if self.identities.effort.is_spent:
            reason = TOO_MANY
        if link := broken_link(self.result, left, right):
            remark, factor = link
            place = side.at(getattr(factor, "col_offset", side.start), self.deck.source)
            self.result.claims.append(Equality(left, right, place, (), remark, "index"))
            return
        if reason:
            self.result.left_alone.append(LeftAlone(side, reason))
            return
        if written(left) == written(right):
            return
        if (below := self._differentiated(left, right)) is not None:
            self.result.claims.append(Equality(*below, side))
        if reason := self._condition(left, right):
            self.result.left_alone.append(LeftAlone(side, reason))
            return
        self.result.claims.append(Equality(left, right, side, before))

    def _differentiated(self, left: ast.expr, right: ast.expr) -> tuple[ast.expr, ast.expr] | None:
        """N and its formula with a slip, for dN/dx = d(formula)/dx, in which it may not matter."""
        match left, right:
            case ast.Name(id=one), ast.Name(id=two) if "/d" in one and "/d" in two:
                name, part = ends(one)[0], ends(two)[0]
                formulas = self.definitions.formulas
                if part not in self.definitions.helpers.values() or name not in formulas:
                    return None
                if is_one_off(formulas[name], formulas[part]):
                    return ast.Name(name), formulas[part]
        return None

    def _condition(self, left: ast.expr, right: ast.expr) -> str:
        """The reason to read an equation as a condition, "" if it may be an identity.

        Between two expressions, a name that only one of them has must be known otherwise.
        """
        if isinstance(left, ast.Name) or _is_update(left, self.definitions):
            return ""
        if isinstance(right, ast.Constant):
            return "a condition rather than an identity"
        sides = [self.definitions.below(plain_names(tree)) for tree in (left, right)]
        for name in sides[0] ^ sides[1]:
            if name not in self.definitions.formulas and name not in self.result.given:
                return "a condition rather than an identity"
        return ""

    # -- what is equal

    def _prefer_structure(self) -> None:
        """Of two equal formulas take the one by way of other names: E_o1 + E_o2."""
        formulas = self.definitions.formulas
        for row in self.rows:
            name = row.name
            if name not in formulas or name in self.definitions.functions:
                continue
            for term in row.terms:
                if term.tree is None or term.is_number or term.side.relation != "=":
                    continue
                names = set(plain_names(term.tree))
                deeper = max((self.definitions.level(each) for each in names), default=0)
                if deeper + 1 <= self.definitions.level(name) or self._unmixed(term.tree) is None:
                    continue
                if name in self.definitions.below(names) or self.why_not(term.tree):
                    continue
                if self.identities.holds(ast.Name(name), term.tree):
                    formulas[name] = term.tree
                    self.identities.forget()


def _is_update(tree: ast.expr, definitions: Definitions) -> bool:
    """True if a tree is the rule by which a name is updated."""
    names = set(names_in(tree))
    return any(is_rule(tree, name) for name in names) or any(
        written(rule) == written(tree) for rule in definitions.updates.values()
    )


def _opaque_names(found: list[Assertion], parameters: set[str]) -> set[str]:
    """Names that stand for a matrix somewhere, and are not the argument of a function."""
    return {
        row.name
        for row in found
        if row.name and any(term.tree is None and term.reason == A_MATRIX for term in row.terms)
    } - parameters
