r"""Names: the quantities of a deck in their many spellings, and the one name that each has here.

net\_{h\_1}, net_{h1} and \text{net h1} are net_h1; w_5 and w5 are w5; y_1^{[2]} is y1_2.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable

from autograd_mini.decks.tokens import COLUMN, END_OF_MATRIX, GREEK, MATRIX, ROW, Token

# Functions of the blackboard, and the rows of the table that compute them.
FUNCTIONS = {
    "exp": "exp", "log": "log", "ln": "log", "sin": "sin", "cos": "cos", "tan": "tan",
    "tanh": "tanh", "sinh": "sinh", "cosh": "cosh", "arctan": "atan", "sqrt": "sqrt",
    "sigmoid": "sigmoid", "relu": "relu", "softplus": "softplus", "max": "maximum",
    "min": "minimum", "logistic": "sigmoid", "sig": "sigmoid",
    "softmax": "softmax",
}  # fmt: skip

ACCENTS = {"\\hat": "hat", "\\widehat": "hat", "\\bar": "bar", "\\tilde": "tilde"}
NEW = frozenset(("+", "new", "neu", "updated", "t+1", "k+1", "n+1", "nouveau"))
OLD = frozenset(("old", "t", "k", "-"))
GENERIC = frozenset("ijklmnpq")
SQUARE = r"(_\w|_\{\w+\})?\^(2|\{2\})"  # behind a name
INDEX_NUMBER = r"(?:_\{?|\^\{?\()(\d{1,9})(?!\d)"  # behind a name: x_1, x_{12}, x^{(1)}
SQUARED = "_squared"  # the end of the name of a square that is a quantity itself, a variance

# A sum over an index that is one letter.
SUM = re.compile(r"\\sum(?:\\limits)?_\{?\s*([a-z])(?![A-Za-z])")

OPEN = Token("symbol", "(", 0, 0)


class DeckNames:
    """The names of a deck, found by a first look at all its formulas.

    letters: those that stand alone; words: those with an index, or alone on a side. numbered: names
    with a number as their index, and these numbers, of which an index t is any. gates: letters that
    are the index of a name with a number, as in W_i = 0.5. summed: those of sums. defined: names
    alone on the left of an equation. applied: names before parentheses that are all of a left
    side, as in L(3) = 1. squares: names of which a formula gives the square, as the variance
    \\sigma^2. functions: names that a formula such as f(x) = ... defines, with the name
    of the argument.
    """

    def __init__(self) -> None:
        self.letters: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self.numbered: dict[str, set[int]] = {}
        self.gates: dict[str, set[str]] = {}
        self.summed: set[str] = set()
        self.defined: set[str] = set()
        self.applied: set[str] = set()
        self.squares: set[str] = set()
        self.functions: dict[str, str] = {}
        self.several: dict[str, str] = {}
        self.spellings: dict[str, str] = {}

    def look(self, sides: list[list[Token]]) -> None:
        """Count the names of the sides of one chain."""
        self._look_for_gate(sides)
        for place, tokens in enumerate(sides):
            for position, token in enumerate(tokens):
                following, *index = [
                    *(each.text for each in tokens[position + 1 : position + 5]),
                    "",
                ]
                written = following + "".join(index)
                if token.text in ("\\sum", "\u2211") and following == "_":
                    self.summed.update(index[:2])
                if number := re.match(INDEX_NUMBER, written):
                    numbers = self.numbered.setdefault(token.text.removeprefix("\\"), set())
                    numbers.add(int(number[1]))
                if token.kind == "word" and token.text.isalpha():
                    if len(token.text) == 1:
                        self.letters[token.text] += 1
                    elif len(token.text) > 2 and (following == "_" or len(tokens) == 1):
                        self.words[token.text] += 1
            if place and sides[0] and (size := _components(tokens)):
                numbers = self.numbered.setdefault(sides[0][0].text.removeprefix("\\"), set())
                numbers.update(range(1, size + 1))
            if place == 0 and len(sides) > 1 and tokens:
                self.defined.add(tokens[0].text if len(tokens) == 1 else "")
                if re.fullmatch(SQUARE, "".join(token.text for token in tokens[1:])):
                    self.squares.add(tokens[0].text)
                self._look_for_function(tokens)

    def _look_for_gate(self, sides: list[list[Token]]) -> None:
        """W_i = 0.5: the index i stands for one gate, not for many units."""
        match [token.text for token in sides[0] if token.text not in "{}"]:
            case [base, "_", letter] if len(letter) == 1 and letter in GENERIC:
                if any(side and side[-1].kind == "number" and len(side) < 3 for side in sides[1:]):
                    self.gates.setdefault(letter, set()).add(base.removeprefix("\\"))

    def _look_for_function(self, tokens: list[Token]) -> None:
        """f(x), f(x, y) or \\sigma(z), alone on the left of a chain."""
        arguments = "".join(token.text for token in tokens[1:])
        if re.fullmatch(r"\((\\?[A-Za-z]+,)+\\?[A-Za-z]+\)", arguments):
            self.several[tokens[0].text] = arguments
        if tokens[0].kind in ("word", "text", "command") and tokens[-1].text == ")":
            opening = next(i for i, token in enumerate([*tokens, OPEN]) if token.text == "(")
            inside = tokens[opening + 1 : -1]
            plain = inside and all(token.text not in ("(", ")", "=") for token in inside)
            if plain and (opening == 1 or tokens[1].text == "_"):
                self.applied.add(tokens[0].text.removeprefix("\\"))
        if len(tokens) == 4 and tokens[1].text == "(" and tokens[3].text == ")":
            name, argument = tokens[0].text.removeprefix("\\"), tokens[2]
            is_name = argument.kind == "word" or argument.text[1:] in GREEK
            if name.isalpha() and is_name and name.casefold() not in FUNCTIONS:
                self.functions.setdefault(name, argument.text.removeprefix("\\"))

    def counts(self, base: str, index: str) -> bool:
        """True if an index stands for many: a letter that counts, or t beside numbered steps."""
        if gates := self.gates.get(index, set()) - {*self.numbered}:
            return index in self.summed or not (base in gates or len(gates) > 1)
        return is_generic(index) or (index == "t" and base in self.numbered)

    def range_of(self, letter: str, first: str, last: str, term: list[Token]) -> range:
        """The numbers that the index of a sum runs through, none if the deck does not say.

        Without a number as a bound, they are those of all names in the sum that have the index.
        """
        if first.isdigit() and last.isdigit() and len(first + last) < 6:
            return range(int(first), int(last) + 1)
        texts = [token.text.removeprefix("\\") for token in term if token.text not in "{(["]
        bases = {
            texts[k - 2] for k, text in enumerate(texts) if text == letter and texts[k - 1] in "_^"
        }
        numbers = {tuple(sorted(self.numbered.get(base, ()))) for base in bases}
        found = numbers.pop() if len(numbers) == 1 else ()
        is_whole = len(found) > 1 and found == (*range(found[0], found[-1] + 1),) and found[0] < 2
        if not is_whole or last.isdigit() or first not in ("", str(found[0])):
            return range(0)
        return range(found[0], found[-1] + 1)

    def without_arguments(self, tokens: list[Token]) -> list[Token]:
        """Tokens with f for f(x, y), where that stands on the left of a formula."""
        found: list[Token] = []
        opening = 0  # the place of the last "("
        for token in tokens:
            found.append(token)
            if token.text == "(":
                opening = len(found) - 1
            elif token.text == ")" and 0 < opening < len(found):
                arguments = "".join(each.text for each in found[opening:])
                if self.several.get(found[opening - 1].text) == arguments:
                    del found[opening:]
                opening = 0
        return found

    def is_square(self, name: str) -> bool:
        """True if the square of a name has a formula, and the name itself has none."""
        base = re.split(r"[_\d]", name)[0]
        texts = {base, f"\\{base}"}
        return bool(texts & self.squares) and not texts & self.defined

    def spelled(self, name: str) -> str:
        """One spelling for a name: outh1, out_h1 and Out h1 are the same."""
        return self.spellings.setdefault(name.replace("_", ""), name)


def _components(tokens: list[Token]) -> int:
    """The number of components of a vector that is written as such, (1, 2); 0 for anything else."""
    texts = [token.text for token in tokens]
    if texts[-1:] in (["T"], ["\\top"]) and "^" in texts:
        del texts[texts.index("^") :]
    match [*texts[:1], *texts[-1:]]:
        case ["(" | "[", ")" | "]"] if texts.count("(") + texts.count("[") == 1:
            return texts.count(",") + 1 if "," in texts else 0
        case [first, last] if (first, last) == (MATRIX, END_OF_MATRIX):
            rows, columns = texts.count(ROW) + (texts[-2] != ROW), texts.count(COLUMN)
            return rows * (columns + 1) if columns == 0 or rows == 1 else 0
    return 0


def with_index(tokens: list[Token], letter: str, number: int) -> list[Token]:
    """Tokens with a number in the place of an index; h_{t-1} is h_{2} for 3."""
    found: list[Token] = []
    for token in tokens:
        if token.text == letter:
            token = token._replace(kind="number", text=str(number))
        found.append(token)
        match [each.text for each in found[-7:] if each.text != "{"]:
            case [*_, "_" | "[" | "(", one, "+" | "-" as sign, two, "}" | "]" | ")"] if (
                one + two
            ).isdigit() and int(one) + int(f"{sign}{two}") >= 0:
                found[-4:-1] = [found[-4]._replace(text=str(int(one) + int(f"{sign}{two}")))]
    return found


def index_text(tokens: list[Token]) -> str:
    """An index as it goes into a name: h_{1} is h1."""
    parts = []
    for token in tokens:
        if token.text in ("_", "{", "}", "[", "]", "(", ")"):
            continue
        parts.append(token.text.removeprefix("\\").replace(" ", "_"))
    return "".join(parts)


def is_generic(text: str) -> bool:
    """True if an index is a letter that counts, as in w_{ji}, or computed, as in A_{l-1}."""
    return all(letter in GENERIC or letter in ",_" for letter in text) or (
        len(text) == 2 and text[0] in "oh" and text[1] in "ijklm"
    )


def canonical(base: str, index: str) -> str:
    """The name with an index: w5, net_h1."""
    if len(base) > 2 and base not in GREEK:
        base = base[0].lower() + base[1:]
    if not index:
        return base
    single = len(base) == 1 or base in GREEK
    return f"{base}{index}" if single and index[0].isdigit() else f"{base}_{index}"


def identifier(name: str) -> str:
    """A name that a sheet accepts: lambda is a word of Python."""
    return f"{name}_" if keyword.iskeyword(name) or not name.isidentifier() else name


def loose_index(text: str) -> str:
    """The index of a sum in parentheses that is an index outside of them, too, or "".

    >>> loose_index(r"\\left(\\sum_{l} d_l w_l\\right) y_l"), loose_index(r"(\\sum_l d_l) y_j")
    ('l', '')
    """
    for found in SUM.finditer(text):
        depth = 0
        for end, sign in enumerate(text[found.end() :], start=found.end()):
            depth += (sign == "(") - (sign == ")")
            if depth < 0:
                rest = re.split(r"\\\\|&", text[end:])[0]
                index = rf"[_^](?:{found[1]}\b|\{{[^{{}}]*\b{found[1]}\b[^{{}}]*\}})"
                if re.search(index, rest):
                    return found[1]
                break
    return ""


def swap(name: str, other: str) -> tuple[str, str] | None:
    """The index by which two names differ: o1 and o2 for E_o1 and E_o2."""
    parts, others = parts_of(name), parts_of(other)
    if len(parts) != len(others) or len(parts) < 2:
        return None
    differing = [(a, b) for a, b in zip(parts, others) if a != b]
    if len(differing) != 1 or parts[0] != others[0]:
        return None
    a, b = differing[0]
    if a[:-1] == b[:-1] and a[-1:].isdigit() and b[-1:].isdigit():
        return a, b
    return None


def neighbours(name: str, names: Iterable[str]) -> list[str]:
    """The names that differ from a name by one index: w6 and w7 from w5."""
    return sorted(other for other in names if swap(name, other) is not None)


def base_of(name: str) -> str:
    """The name without its indices: E of E_o1, y_hat of y_hat_1."""
    base, *rest = parts_of(name)
    return f"{base}_{rest[0]}" if rest and rest[0] in ACCENTS.values() else base


def parts_of(name: str) -> list[str]:
    """E_o1 is E and o1; w5 is w and 5."""
    base, *rest = name.split("_")
    found = re.fullmatch(r"([^\W\d_]+)(\d+)", base)
    return [found[1], found[2], *rest] if found else [base, *rest]
