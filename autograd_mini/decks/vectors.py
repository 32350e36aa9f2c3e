r"""Vectors and matrices: formulas between them, written out component by component.

A name stands for a vector or a matrix if an equation of the deck gives it one. Its components get
the names that the deck has for them: x1 of x, W12 of W, W12_2 of W^{(2)}.

>>> from autograd_mini.decks.reading import read_deck
>>> from autograd_mini.decks.trees import written
>>> deck = read_deck(r"$w = (0.5, 2)$, $x = (1, -2)$, $z = w^T x + 1$, $y = x + w$")
>>> for equation in deck.equations[4:]:
...     print([written(side.tree) for side in equation.sides])
['z', 'w1 * x1 + w2 * x2 + 1']
['y1', 'x1 + w1']
['y2', 'x2 + w2']
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from itertools import count, takewhile

from autograd_mini.decks.cursor import A_MATRIX, CannotRead
from autograd_mini.decks.names import DeckNames, canonical
from autograd_mini.decks.trees import UPDATE, derivative, ends, plain_names
from autograd_mini.symbols.formulas import total

Matrix = list[list[ast.expr]]

# Components that the vectors of a deck have in all; those of further names are not written out.
MOST_COMPONENTS = 80

# A vector may be computed from others that are defined below it: so often the deck is looked at.
MOST_PASSES = 4

# The names, numbers and operations of a formula between vectors; a longer one is left alone.
LARGEST = 300

# Functions of vectors, as the reader of formulas writes them.
OF_VECTORS = frozenset(("hadamard", "transpose", "norm", "softmax"))


class Vectors:
    """The vectors and matrices of a deck.

    entries: for each name its rows. heads: the names that equations begin with.
    """

    def __init__(self, vocabulary: DeckNames, equations: Sequence[Sequence[ast.expr]]) -> None:
        self.vocabulary = vocabulary
        self.entries: dict[str, Matrix] = {}
        self.heads: set[str] = {
            head.id for head, *others in equations if isinstance(head, ast.Name) and others
        }
        for _ in range(MOST_PASSES):
            known = len(self.entries)
            for head, *others in equations:
                if isinstance(head, ast.Name) and head.id not in self.entries:
                    self._learn(head.id, others)
            if len(self.entries) == known:
                break

    def _learn(self, name: str, trees: Sequence[ast.expr]) -> None:
        """Give a name the shape of what it is said to be."""
        if "/" in name or name.endswith(UPDATE) or name in self.vocabulary.functions.values():
            return
        for tree in trees:
            try:
                value = self.written_out(tree)
            except CannotRead:
                continue
            if isinstance(value, list):
                size = sum(len(row) for matrix in self.entries.values() for row in matrix)
                if size + len(value) * len(value[0]) > MOST_COMPONENTS:
                    return
                entries = [entry for row in value for entry in row]
                is_named = isinstance(tree, (ast.List, ast.Tuple)) and all(
                    isinstance(entry, ast.Name) and "/" not in entry.id for entry in entries
                )
                self.entries[name] = value if is_named else self._components(name, value)
                return

    def _components(self, name: str, shape: Matrix) -> Matrix:
        """The names of the components: x1 of a vector x, W12 of a matrix W."""
        is_vector = 1 in (len(shape), len(shape[0]))
        return [
            [
                ast.Name(self._component(name, str(i * j) if is_vector else f"{i}{j}"))
                for j in range(1, len(row) + 1)
            ]
            for i, row in enumerate(shape, start=1)
        ]

    def _component(self, name: str, index: str) -> str:
        base, _, layer = name.rpartition("_")
        is_layer = bool(base) and layer.isdigit() and not base[-1].isdigit()
        if not is_layer and (name[-1].isdigit() or "_" in name):
            return f"{name}_{index}"
        base = base if is_layer else name
        small = base.lower()
        if int(index) in self.vocabulary.numbered.get(small, ()):  # the deck has w_{12} of W
            base = small
        found = canonical(base, index)
        return f"{found}_{layer}" if is_layer else self.vocabulary.spelled(found)

    # -- formulas

    def written_out(self, tree: ast.expr) -> ast.expr | Matrix:
        """A formula for a number without vectors, or the rows of a vector or matrix.

        Raises: CannotRead where shapes do not fit.
        """
        nodes = [*ast.walk(tree)]
        if not any(map(self._concerns, nodes)):
            return tree
        if len(nodes) > LARGEST:
            raise CannotRead(A_MATRIX, 0)
        return self._plain(tree)

    def _concerns(self, node: ast.AST) -> bool:
        """True if a part of a formula is a vector, or is written as for vectors."""
        match node:
            case ast.List() | ast.Tuple():
                return True
            case ast.Call(func=ast.Name(id=name)):
                return name in OF_VECTORS
            case ast.Name(id=name):
                names = ends(name) if "/d" in name else (name.removesuffix(UPDATE),)
                return any(each in self.entries or self._stated(each) for each in names)
        return False

    def _plain(self, tree: ast.expr) -> ast.expr | Matrix:
        value = self._value(tree)
        return value[0][0] if isinstance(value, list) and _shape(value) == (1, 1) else value

    def _value(self, tree: ast.expr) -> ast.expr | Matrix:
        match tree:
            case ast.Name(id=name):
                return self._named(name) or tree
            case ast.List(elts=rows):
                return [[self._number(each) for each in _elements(row)] for row in rows]
            case ast.Tuple(elts=entries):  # (1, 2), a column
                return [[self._number(each)] for each in entries]
            case ast.UnaryOp(op=sign, operand=operand):
                return self._each(tree, lambda x: ast.UnaryOp(sign, x), operand)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._product(tree, left, right)
            case ast.BinOp(left=ast.Call(func=ast.Name(id="norm"), args=[vector]), op=ast.Pow()):
                squares = self._squares(vector)
                two = isinstance(tree.right, ast.Constant) and tree.right.value == 2
                return squares if two else ast.BinOp(_root(squares), ast.Pow(), tree.right)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
                return self._each(tree, lambda x, y: ast.BinOp(x, operator, y), left, right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                if isinstance(self._plain(right), list):
                    raise CannotRead(A_MATRIX, 0)
                return self._each(tree, lambda x, y: ast.BinOp(x, ast.Div(), y), left, right)
            case ast.BinOp(left=left, op=operator, right=right):
                numbers = self._number(left), self._number(right)
                is_same = numbers[0] is left and numbers[1] is right
                return tree if is_same else ast.BinOp(numbers[0], operator, numbers[1])
            case ast.Call(func=ast.Name(id="hadamard"), args=[left, right]):
                return self._each(None, lambda x, y: ast.BinOp(x, ast.Mult(), y), left, right)
            case ast.Call(func=ast.Name(id="transpose"), args=[ast.Tuple() as column]):
                return self._plain(column)
            case ast.Call(func=ast.Name(id="transpose"), args=[operand]):
                value = self._plain(operand)
                if not isinstance(value, list):
                    if isinstance(operand, ast.Name) and operand.id not in self.heads:
                        raise CannotRead("a transpose", 0)
                    return value
                return _transposed(value)
            case ast.Call(func=ast.Name(id="norm"), args=[vector]):
                return _root(self._squares(vector))
            case ast.Call(func=ast.Name(id="softmax"), args=[vector]) if isinstance(
                scores := self._plain(vector), list
            ):
                powers = _mapped(lambda z: ast.Call(ast.Name("exp"), [z], []), scores)
                whole = total([power for row in powers for power in row])
                return _mapped(lambda power: ast.BinOp(power, ast.Div(), whole), powers)
            case ast.Call(func=ast.Name(id="derivative"), args=[operand, ast.Name(id=by)]):
                above = self._plain(operand)
                is_scalar = by not in self.entries and not isinstance(above, list)
                return tree if is_scalar else self._derivative(above, by)
            case ast.Call(func=function, args=arguments):
                return self._each(tree, lambda *xs: ast.Call(function, [*xs], []), *arguments)
        return tree

    def _number(self, tree: ast.expr) -> ast.expr:
        """A formula that stands for a number."""
        value = self._plain(tree)
        if isinstance(value, list):
            raise CannotRead(A_MATRIX, 0)
        return value

    def _named(self, name: str) -> Matrix | None:
        """The components of a name, of its value after a step, or of a derivative with it."""
        if "/d" in name:
            y, x = ends(name)
            above = self._plain(ast.Name(y))
            return self._derivative(above, x) if {y, x} & self.entries.keys() else None
        plain = name.removesuffix(UPDATE)
        if plain not in self.entries or plain == name:
            return self.entries.get(name)
        return _mapped(lambda x: ast.Name(x.id + UPDATE) if isinstance(x, ast.Name) else x,
                       self.entries[plain])  # fmt: skip

    def _derivative(self, above: ast.expr | Matrix, by: str) -> Matrix:
        """The derivatives of a number by each component, or of each component by a number."""
        below = self._plain(ast.Name(by))
        if isinstance(above, list) and isinstance(below, list):
            raise CannotRead("a derivative of a vector by a vector", 0)
        if isinstance(above, list):
            return _mapped(lambda y: derivative(y, ast.Name(by)), above)
        assert isinstance(below, list)
        return _mapped(lambda x: derivative(above, _name(x)), below)

    def _each(
        self, tree: ast.expr | None, make: Callable[..., ast.expr], *operands: ast.expr
    ) -> ast.expr | Matrix:
        """An operation on each component; tree: the operation, if it may stay as it is."""
        values = [self._plain(operand) for operand in operands]
        if any(isinstance(value, list) for value in values):
            return self._by_component(make, *values)
        is_same = all(value is operand for value, operand in zip(values, operands))
        return tree if tree is not None and is_same else make(*values)

    def _by_component(self, make: Callable[..., ast.expr], *values: ast.expr | Matrix) -> Matrix:
        matrices = [value for value in values if isinstance(value, list)]
        rows, columns = _shape(matrices[0])
        if any(_shape(each) != (rows, columns) for each in matrices):
            raise CannotRead("vectors or matrices of different sizes", 0)
        for value in values:
            if not isinstance(value, list):
                self._need_scalar(value)
        return [
            [
                make(*(value[i][j] if isinstance(value, list) else value for value in values))
                for j in range(columns)
            ]
            for i in range(rows)
        ]

    def _need_scalar(self, tree: ast.expr) -> None:
        """Refuse a name beside vectors that the deck gives no number: it may be a vector, too."""
        names = {*plain_names(tree)}
        known = {each.id for m in self.entries.values() for row in m for each in row
                 if isinstance(each, ast.Name)}  # fmt: skip
        if not names <= known | self.heads:
            raise CannotRead(A_MATRIX, 0)

    def _product(self, tree: ast.expr, left: ast.expr, right: ast.expr) -> ast.expr | Matrix:
        one, two = self._plain(left), self._plain(right)
        if not (isinstance(one, list) or isinstance(two, list)):
            pair = [self._stated(x.id) if isinstance(x, ast.Name) else [] for x in (left, right)]
            if len(pair[0]) != len(pair[1]) or len(pair[0]) < 2:
                is_same = one is left and two is right
                return tree if is_same else ast.BinOp(one, ast.Mult(), two)
            one, two = ([[each] for each in names] for names in pair)
        if not (isinstance(one, list) and isinstance(two, list)):
            return self._by_component(lambda x, y: ast.BinOp(x, ast.Mult(), y), one, two)
        if len(one[0]) != len(two) and _is_vector(one) and max(_shape(one)) == len(two):
            one = _transposed(one)  # w x for w^T x
        elif len(one[0]) != len(two) and _is_vector(two) and max(_shape(two)) == len(one[0]):
            two = _transposed(two)
        if len(one[0]) != len(two):
            raise CannotRead("vectors or matrices of different sizes", 0)
        return [
            [total([ast.BinOp(a, ast.Mult(), b) for a, b in zip(row, column)])
             for column in _transposed(two)]
            for row in one
        ]  # fmt: skip

    def _stated(self, name: str) -> list[ast.expr]:
        """The components of a name that has no equation itself, while x1, x2, ... have theirs."""
        if name in self.heads:
            return []
        names = (canonical(name, str(k)) for k in count(1))
        return [ast.Name(each) for each in takewhile(self.heads.__contains__, names)]

    def _squares(self, vector: ast.expr) -> ast.expr:
        value = self._plain(vector)
        entries = [each for row in value for each in row] if isinstance(value, list) else [value]
        return total([ast.BinOp(each, ast.Pow(), ast.Constant(2)) for each in entries])


def as_shape(value: ast.expr | Matrix, shape: Matrix) -> Matrix | None:
    """A value in the shape of another one: a row as a column, 0 as a vector; None if it has none.

    >>> as_shape([[ast.Name("x"), ast.Name("y")]], [[ast.Name("a")], [ast.Name("b")]]) is None
    False
    """
    if not isinstance(value, list):
        is_zero = isinstance(value, ast.Constant) and value.value == 0
        return _mapped(lambda _: value, shape) if is_zero else None
    if _shape(value) == _shape(shape):
        return value
    turned = _transposed(value)
    return turned if _is_vector(value) and _shape(turned) == _shape(shape) else None


def _elements(row: ast.expr) -> list[ast.expr]:
    assert isinstance(row, ast.List)
    return row.elts


def _shape(matrix: Matrix) -> tuple[int, int]:
    return len(matrix), len(matrix[0])


def _is_vector(matrix: Matrix) -> bool:
    return 1 in _shape(matrix)


def _transposed(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix)]


def _mapped(make: Callable[[ast.expr], ast.expr], matrix: Matrix) -> Matrix:
    return [[make(each) for each in row] for row in matrix]


def _root(tree: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("sqrt"), [tree], [])


def _name(tree: ast.expr) -> ast.Name:
    if not isinstance(tree, ast.Name):
        raise CannotRead("a derivative by a formula", 0)
    return tree
