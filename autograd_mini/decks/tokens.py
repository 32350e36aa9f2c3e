r"""Tokens of LaTeX math, as authors write it: what only concerns the looks is dropped.

>>> [token.text for token in tokenize(r"net_{h1} = \color{red}{0.5}\times w_1")]
['net', '_', '{', 'h1', '}', '=', '0.5', '*', 'w', '_', '1']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Token(NamedTuple):
    """kind: number, word, command, text, break, space, relation, opaque or symbol.

    start, end: the place in the text of the deck.
    """

    kind: str
    text: str
    start: int
    end: int


GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta",
    "vartheta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau",
    "upsilon", "phi", "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
    "Pi", "Sigma", "Phi", "Psi", "Omega", "ell",
)  # fmt: skip

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?|\.\d+"
TOKEN = re.compile(
    rf"""
    (?P<number>(?:{_NUMBER})(?:[ ]?[eE][ ]?[-+\u2212][ ]?\d+|[eE]\d+)?(?![\d.]*\d))
  | (?P<word>[^\W\d_\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+[0-9]*)
  | (?P<break>\\\\hline\b|\\\\(?:\s?\[-?[\d.]+\s?[a-z]+\])?|\\hline\b|\\newline\b|\\cr\b)
  | (?P<environment>\\(?:begin|end)\{{[A-Za-z]+\*?\}})
  | (?P<command>\\[A-Za-z]+)
  | (?P<escaped>\\.)
  | (?P<symbol>\S)
    """,
    re.VERBOSE,
)

RELATIONS = {
    "=": "=", ":=": "=", "\\approx": "=", "\\equiv": "=", "\\simeq": "=", "\\doteq": "=",
    "\u2248": "=", "\\leftarrow": "<-", "\\gets": "<-", "\u2190": "<-",
    "<": "<", ">": "<", "\\le": "<", "\\leq": "<", "\\ge": "<", "\\geq": "<", "\\ne": "<",
    "\\neq": "<", "\u2264": "<", "\u2265": "<", "\\sim": "<", "\\in": "<", "\\propto": "<",
    "\\ll": "<", "\\gg": "<",
}  # fmt: skip

# Separators of the statements on a line.
SEPARATORS = frozenset((
    "\\quad", "\\qquad", "\\Rightarrow", "\\implies", "\\Longrightarrow", "\\rightarrow", "\\to",
    "\\downarrow", "\\therefore", "\\iff", "\\Leftrightarrow", "\\longrightarrow", "\\because",
    "\\mapsto", "⇒", "→",
))  # fmt: skip
SPACES = frozenset((
    "\\,", "\\;", "\\:", "\\!", "\\", "\\left", "\\right", "\\displaystyle", "\\textstyle",
    "\\limits", "\\nolimits", "\\nonumber", "\\notag", "\\big", "\\Big", "\\bigg", "\\Bigg",
    "\\bigl", "\\bigr", "\\Bigl", "\\Bigr", "\\biggl", "\\biggr", "\\small", "\\large", "\\Large",
    "\\boldsymbol", "\\centering", "\\scriptstyle", "\\rm", "\\bf", "\\it", "\\normalsize",
    "\\footnotesize", "\\middle", "\\pause", "\\hfill", "\\noindent", "\\strut", "\\kern", "\\bm",
))  # fmt: skip
# Commands whose one argument stands for itself, those whose first argument is dropped, and those
# that are dropped with their argument.
WRAPPERS = frozenset((
    "\\boxed", "\\mathbf", "\\mathrm", "\\mathit", "\\mathsf", "\\mathcal", "\\boldsymbol",
    "\\underbrace", "\\overbrace", "\\underline", "\\cancel", "\\bcancel", "\\xcancel", "\\fbox",
    "\\mbox", "\\ensuremath", "\\emph", "\\only", "\\uncover", "\\visible", "\\onslide",
    "\\alert", "\\mathbb", "\\operatorname", "\\vcenter", "\\hbox", "\\smash", "\\bm", "\\uwave",
    "\\mathop", "\\mathbin", "\\mathrel",
))  # fmt: skip
COLORED = frozenset(["\\color", "\\textcolor", "\\colorbox", "\\raisebox"])
DROPPED = frozenset((
    "\\tag", "\\label", "\\hspace", "\\vspace", "\\phantom", "\\hphantom", "\\vphantom", "\\ref",
    "\\eqref", "\\cite", "\\footnote", "\\includegraphics", "\\item",
))  # fmt: skip
TEXTS = frozenset(
    ["\\text", "\\textrm", "\\textbf", "\\textit", "\\textsf", "\\texttt", "\\textnormal"]
)

PRODUCTS = {
    "\\times": "*", "\\cdot": "*", "\\ast": "*", "\\bullet": "*", "\\div": "/",
    "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u2217": "*", "\u00f7": "/",
}  # fmt: skip
# Symbols that are written in several ways.
SYMBOLS = {
    **PRODUCTS,
    **dict.fromkeys("\u2212\u2013\u2010\u2011", "-"),
    **dict.fromkeys(("\\Vert", "\\lVert", "\\rVert"), "||"),
    "\\lvert": "|", "\\rvert": "|", "\\vert": "|", "\\lbrace": "(", "\\rbrace": ")",
    "\\lbrack": "(", "\\rbrack": ")", "\\partial": "\u2202",
}  # fmt: skip
ESCAPED = {"\\_": "_", "\\{": "(", "\\}": ")", "\\|": "||", "\\%": "%"}
FRACTIONS = frozenset(("\\dfrac", "\\tfrac", "\\cfrac"))

# \newcommand{\net}[1]{net_{#1}}, \def\net#1{net_{#1}}, \DeclareMathOperator{\relu}{ReLU}
MACRO = re.compile(
    r"\\(?:(?:re|provide)?newcommand\*?\s*\{?\s*\\(?P<new>[A-Za-z]+)\s*\}?\s*(?:\[(?P<arity>\d)\])?"
    r"|def\s*\\(?P<def>[A-Za-z]+)(?P<arguments>(?:#\d)*)"
    r"|DeclareMathOperator\*?\s*\{\s*\\(?P<operator>[A-Za-z]+)\s*\})\s*\{"
)
LONGEST_MACRO = 2_000

# Of the macros of one formula; what is longer defines itself.
MOST_EXPANSIONS, LONGEST_EXPANSION = 500, 5_000
OPAQUE_ENVIRONMENTS = {
    "cases": "a formula by cases", "vmatrix": "a determinant", "Vmatrix": "a norm",
}  # fmt: skip
MATRICES = frozenset(("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix"))

# The tokens of a matrix: its two ends, between its columns, and between its rows.
MATRIX, END_OF_MATRIX, COLUMN, ROW = "[[", "]]", "&", "\\\\"
SUBSCRIPTS = dict(zip("\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089", "0123456789"))
SUPERSCRIPTS = dict(
    zip("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789")
)
SMALL_LETTERS = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi",
    "chi", "psi", "omega",
)  # fmt: skip
LETTERS = {chr(0x3B1 + place): name for place, name in enumerate(SMALL_LETTERS)}
LETTERS |= {"\u03f5": "epsilon", "\u0394": "Delta", "\u03a3": "Sigma", "\u0398": "Theta"}


def tokenize(
    text: str, start: int = 0, end: int | None = None, macros: Mapping[str, Macro] | None = None
) -> list[Token]:
    """The tokens of text[start:end], with the deck's own macros written out."""
    tokens = list(_raw(text, start, len(text) if end is None else end))
    if macros and any(token.text in macros for token in tokens):
        tokens = _expand(tokens, macros)
    return list(Simplifier(tokens).tokens())


class Macro(NamedTuple):
    """\\newcommand: how many arguments it takes, and what it stands for."""

    arity: int
    tokens: list[Token]


def find_macros(text: str) -> dict[str, Macro]:
    """The macros that a LaTeX file defines."""
    macros = {}
    for found in MACRO.finditer(text):
        depth, position = 1, found.end()
        limit = min(len(text), position + LONGEST_MACRO)
        while position < limit and depth:
            depth += (text[position] == "{") - (text[position] == "}")
            position += 1
        if depth == 0:
            arity = int(found["arity"] or 0) + (found["arguments"] or "").count("#")
            tokens = list(_raw(text, found.end(), position - 1))
            name = found["new"] or found["def"] or found["operator"]
            if found["operator"]:
                tokens = [Token("command", "\\operatorname", *found.span()), *tokens]
            macros[f"\\{name}"] = Macro(arity, tokens)
    return macros


def _expand(tokens: list[Token], macros: Mapping[str, Macro]) -> list[Token]:
    """Write macros out; of what grows without end only the beginning."""
    pending = tokens[::-1]
    expanded: list[Token] = []
    budget = MOST_EXPANSIONS
    while pending:
        token = pending.pop()
        macro = macros.get(token.text)
        if macro is None or budget <= 0 or len(pending) > LONGEST_EXPANSION:
            expanded.append(token)
            continue
        budget -= 1
        arguments = [_argument(pending) for _ in range(macro.arity)]
        written: list[Token] = []
        place = 0
        while place < len(macro.tokens):
            each = macro.tokens[place]
            digit = macro.tokens[place + 1].text if place + 1 < len(macro.tokens) else ""
            if each.text == "#" and digit.isdigit() and 1 <= int(digit) <= len(arguments):
                written += arguments[int(digit) - 1]
                place += 2
            else:
                written.append(each._replace(start=token.start, end=token.end))
                place += 1
        pending += written[::-1]
    return expanded


def _argument(pending: list[Token]) -> list[Token]:
    """Take the argument of a macro: a group without its braces, or one token."""
    if not pending:
        return []
    first = pending.pop()
    if first.text != "{":
        return [first]
    argument: list[Token] = []
    depth = 1
    while pending:
        token = pending.pop()
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            break
        argument.append(token)
    return argument


def _raw(text: str, start: int, end: int) -> Iterator[Token]:
    """The tokens as they are written; the escaped \\_ is _, and an index may be a small digit."""
    for found in TOKEN.finditer(text, start, end):
        kind, written, place = found.lastgroup or "", found[0], found.span()
        if kind == "word":
            yield from _words(written, *place)
        elif kind == "number":
            yield Token(kind, re.sub(r"[ ,]", "", written).replace("\u2212", "-"), *place)
        elif kind == "escaped":
            symbol = ESCAPED.get(written)
            yield Token("symbol", symbol, *place) if symbol else Token("space", written, *place)
        elif written == "&":
            yield Token("column", written, *place)
        elif written in ("$", "\u200b"):
            yield Token("space", written, *place)
        elif written in SUBSCRIPTS:
            yield Token("symbol", "_", *place)
            yield Token("number", SUBSCRIPTS[written], *place)
        elif written in SUPERSCRIPTS:
            yield Token("symbol", "^", *place)
            yield Token("number", SUPERSCRIPTS[written], *place)
        else:
            yield Token(kind, written, *place)


def _words(written: str, start: int, end: int) -> Iterator[Token]:
    """A run of letters: Greek ones are commands, typeset ones plain letters."""
    plain = unicodedata.normalize("NFKC", written)
    if len(plain) != len(written):
        plain = written
    for found in re.finditer(r"[\u0370-\u03ff\u2202]|[^\u0370-\u03ff\u2202]+", plain):
        place = start + found.start(), start + found.end()
        if found[0] in LETTERS:
            yield Token("command", f"\\{LETTERS[found[0]]}", *place)
        else:
            yield Token("number" if found[0].isdecimal() else "word", found[0], *place)


class Simplifier:
    """Drops what concerns the looks, and closes cases and tables into one token each."""

    def __init__(self, tokens: list[Token]) -> None:
        self.raw = tokens
        self.position: int = 0
        self.before: str = ""  # the token before, as it was written
        self.dropped: set[int] = set()  # braces of wrappers, which go with them

    def tokens(self) -> Iterator[Token]:
        """The tokens that are left."""
        while self.position < len(self.raw):
            token = self.raw[self.position]
            self.position += 1
            if self.position - 1 not in self.dropped:
                yield from self._simplified(token)
                self.before = token.text

    def _simplified(self, token: Token) -> Iterator[Token]:
        kind, text = token.kind, token.text
        if kind == "environment":
            yield from self._environment(token)
        elif kind == "space" or text in SPACES:
            pass
        elif text in WRAPPERS:
            if self._text() == "<":  # \only<2->
                self._skip_to(">")
            self._unwrap(labelled="brace" in text)
        elif text in COLORED:
            self._skip_group()
            self._unwrap(labelled=False)
        elif text in DROPPED:
            while self._text() == "[":
                self._skip_to("]")
            self._skip_group()
        elif text in TEXTS and self._text() == "{":
            yield self._words(token)
        elif text in FRACTIONS:
            yield token._replace(text="\\frac")
        elif text + self._text() == "**":
            self.position += 1
            yield token._replace(text="^")
        elif text + self._text() in (":=", "=="):
            pass
        elif text + self._text() == "->":
            self.position += 1
            yield Token("relation", "=", token.start, token.end)
        elif text in RELATIONS:
            yield Token("relation", RELATIONS[text], token.start, token.end)
        elif text in SEPARATORS:
            yield Token("space", text, token.start, token.end)
        elif text in SYMBOLS:
            yield Token("symbol", SYMBOLS[text], token.start, token.end)
        else:
            yield token

    def _text(self) -> str:
        return self.raw[self.position].text if self.position < len(self.raw) else ""

    def _skip_to(self, closing: str) -> None:
        while self.position < len(self.raw) and self._text() != closing:
            self.position += 1
        self.position += 1

    def _skip_group(self) -> None:
        if self._text() == "{":
            self.position = self._end_of_group(self.position)

    def _end_of_group(self, position: int) -> int:
        """The position behind the group that opens at `position`."""
        depth = 0
        while position < len(self.raw):
            text = self.raw[position].text
            depth += (text == "{") - (text == "}")
            position += 1
            if depth == 0:
                break
        return position

    def _unwrap(self, labelled: bool) -> None:
        """Drop the braces of a wrapper's argument, and the label below or above it."""
        if self._text() != "{":
            return
        end = self._end_of_group(self.position)
        if self.before not in ("_", "^", "\\frac", "\\sqrt"):
            self.dropped.update((self.position, end - 1))
        if labelled and end + 1 < len(self.raw) and self.raw[end].text in ("_", "^"):
            braced = self.raw[end + 1].text == "{"
            self.dropped.update(range(end, self._end_of_group(end + 1) if braced else end + 2))

    def _words(self, token: Token) -> Token:
        """The argument of \\text, as one token."""
        end = self._end_of_group(self.position)
        inside = self.raw[self.position + 1 : end - 1]
        self.position = end
        words = " ".join(each.text for each in inside if each.text not in ("{", "}"))
        return Token("text", words, token.start, self.raw[end - 1].end)

    def _environment(self, token: Token) -> Iterator[Token]:
        """Nothing for an alignment, one token for cases or a table, all tokens of a matrix."""
        name = token.text.partition("{")[2].rstrip("*}")
        if not token.text.startswith("\\begin"):
            return
        is_array_in_brackets = name == "array" and self.before in ("(", "[")
        if is_array_in_brackets:
            self._columns()
        if name in MATRICES or is_array_in_brackets:
            yield from self._matrix(token, name)
            return
        reason = OPAQUE_ENVIRONMENTS.get(name, "")
        if name in ("array", "tabular", "alignat", "alignedat"):
            columns = self._columns()
            if columns > 1 and name in ("array", "tabular"):
                reason = "a table"
        if reason:
            yield Token("opaque", reason, token.start, self._end_of_environment(name))

    def _matrix(self, opening: Token, name: str) -> Iterator[Token]:
        start = self.position
        end = self._end_of_environment(name)
        inside = self.raw[start : self.position - 1]
        if any(token.kind == "environment" for token in inside):
            yield Token("opaque", "a matrix of matrices", opening.start, end)
            return
        yield Token("symbol", MATRIX, opening.start, opening.end)
        for token in Simplifier(inside).tokens():
            if token.kind in ("column", "break"):
                token = token._replace(
                    kind="symbol", text=COLUMN if token.kind == "column" else ROW
                )
            yield token
        yield Token("symbol", END_OF_MATRIX, end, end)

    def _columns(self) -> int:
        """The number of columns that an array declares."""
        if self._text() == "[":
            self._skip_to("]")
        if self._text() != "{":
            return 1
        start = self.position
        self._skip_group()
        letters = "".join(token.text for token in self.raw[start : self.position])
        return sum(letters.count(letter) for letter in "lcr")

    def _end_of_environment(self, name: str) -> int:
        """Skip an environment that was opened; where it ends in the text."""
        depth, end = 1, self.raw[self.position - 1].end
        while self.position < len(self.raw) and depth:
            token = self.raw[self.position]
            if token.kind == "environment" and f"{{{name}" in token.text:
                depth += 1 if token.text.startswith("\\begin") else -1
            end = token.end
            self.position += 1
        return end
