"""Cursor: a place among the tokens of a formula, and why a formula is left alone there."""

from __future__ import annotations

from autograd_mini.decks.tokens import Token

# One formula; deeper or longer ones are left alone.
DEEPEST = 40
LONGEST = 1_500

# Reasons, where a side is left alone; this one where the components of a matrix are not known.
A_MATRIX = "a matrix"
LEFT_ALONE = {
    "\\sum": "a sum over an index", "\\prod": "a product over an index", "\\int": "an integral",
    "\\dots": "an ellipsis", "\\cdots": "an ellipsis", "\\ldots": "an ellipsis",
    "\\vdots": "an ellipsis", "\\nabla": "a gradient vector", "\\odot": "a product of vectors",
    "\\otimes": "a product of vectors", "\\mathbb": "a set", "\\vec": "a vector",
    "\\circ": "a composition", "\\lim": "a limit", "\\forall": "a statement for all",
    "\\arg": "an argmin", "\\infty": "infinity",
    "\\top": "a transpose", "\\pm": "a choice of signs", "\\Delta": "a difference",
    "\\dot": "a derivative by time", "%": "a percentage", "\u2211": "a sum over an index",
}  # fmt: skip


class CannotRead(Exception):
    """A side is left alone; reason: why, position: where in the text."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position: int = position


class Cursor:
    """The tokens of a formula, and which is next."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.position: int = 0
        self.depth: int = 0

    def _place(self) -> tuple[list[Token], int, int]:
        """The present place, to return to where a reading fails."""
        return self.tokens, self.position, self.depth

    def _return_to(self, place: tuple[list[Token], int, int]) -> None:
        self.tokens, self.position, self.depth = place

    def _move_to(self, position: int) -> None:
        self.position = position

    def _nest(self, levels: int) -> None:
        """Go down some levels of nesting. Raises: CannotRead below the deepest."""
        self.depth += levels
        if self.depth > DEEPEST:
            raise self._unread("a formula that is nested too deeply")

    def _take(self, tokens: list[Token]) -> None:
        """Go on at the same place in other tokens."""
        self.tokens = tokens

    def _text(self, ahead: int = 0) -> str:
        position = self.position + ahead
        return self.tokens[position].text if position < len(self.tokens) else ""

    def _kind(self, ahead: int = 0) -> str:
        position = self.position + ahead
        return self.tokens[position].kind if position < len(self.tokens) else ""

    def _next(self) -> Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def _unread(self, reason: str = "") -> CannotRead:
        token = self.tokens[min(self.position, len(self.tokens) - 1)]
        if not reason:
            known = LEFT_ALONE.get(token.text, "")
            if token.kind == "opaque":
                known = token.text
            end = self.position >= len(self.tokens)
            reason = known or ("a formula that is not finished" if end else f"{token.text} here")
        return CannotRead(reason, token.start)

    def _group(self) -> list[Token]:
        """The tokens of an argument: a group in braces, or one token."""
        if self._text() != "{":
            if self.position >= len(self.tokens):
                raise self._unread()
            return [self._next()]
        self._next()
        start, depth = self.position, 1
        while self.position < len(self.tokens):
            token = self._next()
            depth += (token.text == "{") - (token.text == "}")
            if depth == 0:
                return self.tokens[start : self.position - 1]
        raise self._unread("a brace that is not closed")

    def _argument(self) -> list[Token]:
        """The tokens of an argument of \\frac: of a number without braces only the first digit."""
        if self._kind() == "number" and self._text().isdigit() and len(self._text()) > 1:
            self._split("number")
        return self._group()

    def _split(self, kind: str) -> None:
        """Split the first character from the next token."""
        token = self.tokens[self.position]
        middle = token.start + 1
        self.tokens = [
            *self.tokens[: self.position],
            Token(kind, token.text[0], token.start, middle),
            Token(kind, token.text[1:], middle, token.end),
            *self.tokens[self.position + 1 :],
        ]

    def _exponent(self) -> list[Token]:
        """The tokens above the line: of a word without braces only the first letter."""
        if self._kind() == "word" and len(self._text()) > 1:
            self._split("word")
        return self._group()

    def _is_call(self, base: str) -> bool:
        """True if a name before parentheses is a function that nothing defines: J(w, b), x(t)."""
        depth, position = 0, self.position
        while position < len(self.tokens):
            text = self.tokens[position].text
            depth += (text in "([{") - (text in ")]}") if len(text) == 1 else 0
            if depth == 1 and text in (",", ";"):
                return True
            if depth == 0:
                break
            position += 1
        alone = position == self.position + 2 and self.tokens[self.position + 1].kind in (
            "word",
            "command",
        )
        return alone and (
            len(base) > 1 or base in "fghFGHJLEyx\\phi\\sigma" or base in ("phi", "sigma")
        )


def differential(tokens: list[Token]) -> tuple[str, list[Token]] | None:
    """The sign of a differential, and what stands behind it."""
    if tokens and tokens[0].text == "{":  # \\partial{E} comes without its braces
        return None
    if not tokens:
        return None
    if tokens[0].text == "\u2202":
        return "\u2202", tokens[1:]
    first = tokens[0]
    if first.kind == "word" and first.text[0] == "d" and len(first.text) > 1:
        return "d", [Token("word", first.text[1:], first.start + 1, first.end), *tokens[1:]]
    if first.kind in ("word", "text") and first.text == "d":
        return "d", tokens[1:]
    return None
