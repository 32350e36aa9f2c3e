"""The language of derivation sheets: what is a statement, what is refused, and how that is told."""

import ast

import pytest

from autograd_mini.checking.sheets.language import parse_lines
from autograd_mini.checking.sheets.markdown import MOST_COLUMNS, SheetError, derivation_lines
from autograd_mini.checking.sheets.statements import (
    Definition,
    DescendStatement,
    Evaluation,
    Identity,
    Statement,
    Unread,
)

NETWORK = "w = 0.5\nx = 2\nout = w * x\nE = out ** 2\n"


def parse(block: str) -> list[Statement]:
    return list(parse_lines(derivation_lines(f"```derivation\n{block}\n```\n", "sheet.md")))


def error_in(line: str, before: str = NETWORK) -> SheetError:
    statement = last(line, before)
    assert isinstance(statement, Unread)
    return statement.error


def last(line: str, before: str = NETWORK) -> Statement:
    return parse(before + line)[-1]


def written(line: str, before: str = NETWORK) -> str:
    """The tree of an expression, with every operation in parentheses."""
    statement = last(f"{line} -> 1", before)
    assert isinstance(statement, Evaluation)

    def text(tree: ast.expr) -> str:
        match tree:
            case ast.BinOp(left=left, op=operator, right=right):
                symbol = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
                return f"({text(left)} {symbol[type(operator)]} {text(right)})"
            case ast.UnaryOp(operand=operand):
                return f"(-{text(operand)})"
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return f"{name}({', '.join(map(text, arguments))})"
            case ast.Name(id=name):
                return f"[{name}]" if "/" in name else name
        return ast.unparse(tree)

    return text(statement.expression)


# -- blocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sheet",
    [
        "```derivation\nx = 1\n```",
        "~~~derivation\nx = 1\n~~~",
        "````derivation of a sum\nx = 1\n````\n",
        "``` derivation\r\nx = 1\r\n```\r\n",
        "- a list\n\n     ```derivation\n     x = 1\n     ```\n",
        "```derivation\n\n# a comment\nx = 1   # another\n   \n```",
        "````markdown\n```derivation\ny = (\n```\n````\n~~~derivation\nx = 1\n~~~",
        "`inline`` ```\n```derivation\nx = 1\n```",
        "``` inline ```\n```derivation\nx = 1\n```",
        "```derivation\nx = 1\n``````",
        "```derivations\n?\n```\n```python\n?\n```\n```\n?\n```\n~~~derivation\nx = 1\n~~~",
    ],
)
def test_the_statements_are_those_in_blocks_that_are_marked(sheet: str) -> None:
    (statement,) = parse_lines(derivation_lines(sheet))
    assert isinstance(statement, Definition)
    assert statement.name == "x"


def test_a_block_that_is_not_closed_is_an_error() -> None:
    with pytest.raises(SheetError) as caught:
        list(derivation_lines("text\n~~~ derivation\nx = 1\n", "sheet.md"))
    assert str(caught.value) == (
        "sheet.md:2:1: this block is never closed; end it with a line ~~~\n"
        "    ~~~ derivation\n"
        "    ^"
    )


@pytest.mark.parametrize(
    ("sheet", "error"),
    [
        (
            "```derivation\nx = 1\nAnd so on.\n",
            "1:1: this block is never closed; end it with a line",
        ),
        (
            "```derivation\nx = 1\nSo:\n```derivation\nx = 2\n```\n",
            "4:1: the block that begins in line 1 is not closed before this one; end it with a "
            "line ```",
        ),
        (
            "~~~derivation\nx = 1\n```\n",
            "3:1: the block that begins in line 1 is not closed before this one; end it with a "
            "line ~~~",
        ),
    ],
)
def test_a_block_that_is_not_closed_is_told_before_the_prose_that_follows_it(
    sheet: str, error: str
) -> None:
    with pytest.raises(SheetError) as caught:
        list(parse_lines(derivation_lines(sheet, "sheet.md")))
    assert str(caught.value).startswith(f"sheet.md:{error}")


# -- statements -----------------------------------------------------------------------------------


def test_each_kind_of_statement() -> None:
    kinds = [
        (Definition, "w2 = 0.25"),
        (Definition, "y = w * x"),
        (Definition, "dEw = dE/dw"),
        (Evaluation, "w * x -> 1"),
        (Evaluation, "0.5 * 2 -> 1.0"),
        (Identity, "dE/dw = 2 * out * x"),
        (Identity, "out * 1 = w * x"),
        (Identity, "out == w * x"),
        (DescendStatement, "descend(E, [w, x], rate=0.5, times=299)"),
    ]
    assert [type(last(line)) for _, line in kinds] == [kind for kind, _ in kinds]


def test_a_line_claims_formulas_and_numbers() -> None:
    claims = [
        [
            (claim.text, claim.printed and claim.printed.text, claim.erratum)
            for claim in last(line).claims
        ]
        for line in [
            "y = w * x",
            "y = w * x  -> 1.00  # as on the slide",
            "dE/dw -> -4e-5 # Erratum: a sign",
            "dE/dw = 2 * x  # erratum",
            "dE/dw = 2 * out * x -> 4",
        ]
    ]
    assert claims == [
        [],
        [("y = w * x", "1.00", False)],
        [("dE/dw", "-4e-5", True)],
        [("dE/dw = 2 * x", None, True)],
        [("dE/dw = 2 * out * x", None, False), ("dE/dw = 2 * out * x", "4", False)],
    ]


def test_a_descent_knows_its_root_and_parameters() -> None:
    descent = last("descend(E, [w, x, w], rate=1, times=3)")
    assert isinstance(descent, DescendStatement)
    assert (descent.root, descent.parameters, descent.rate, descent.times) == (
        "E",
        ("w", "x"),
        1.0,
        3,
    )


# -- derivatives ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "tree"),
    [
        ("dE/dw", "[dE/dw]"),
        ("dE/dout * dout/dw", "([dE/dout] * [dout/dw])"),
        ("w - 0.5*dE/dw", "(w - (0.5 * [dE/dw]))"),
        ("-dE/dw", "(-[dE/dw])"),
        ("-2*dE/dw*x", "(((-2) * [dE/dw]) * x)"),
        ("2*-dE/dw", "(2 * (-[dE/dw]))"),
        ("dE/dw/2", "([dE/dw] / 2)"),
        ("(dE/dw)**2 / (dout/dw)", "(([dE/dw] ** 2) / [dout/dw])"),
        ("x/2*dE/dw", "((x / 2) * [dE/dw])"),
        ("1/2*x", "((1 / 2) * x)"),
        ("+x", "x"),
        ("maximum(w, dE/dw)", "maximum(w, [dE/dw])"),
        ("logsumexp(w, x)", "(w + softplus((x - w)))"),
        ("logsumexp(w)", "w"),
    ],
)
def test_how_an_expression_is_read(line: str, tree: str) -> None:
    assert written(line) == tree


VECTORS = "a_1, a_2, b1, b2 = 1, 2, 3, 4\ny = a_1*b1 + a_2*b2**2\n"


def test_dot_is_the_sum_of_products_of_components() -> None:
    assert written("dot(dy/da, b)", VECTORS) == "(([dy/da_1] * b1) + ([dy/da_2] * b2))"


@pytest.mark.parametrize(
    "call", ["dot(a, c)", "dot(a)", "dot(a, b, a)", "dot(a_1, a_2)", "dot(2*a, a)", "dot(a, one)"]
)
def test_dot_refuses_all_but_two_vectors_of_equal_length(call: str) -> None:
    message = error_in(f"z = {call}", VECTORS + "one_1 = 5\n").message
    assert message.startswith("dot takes two vectors of equal length, such as q and k")


def test_a_derivative_of_two_names_is_one_though_dt_and_dx_are_names_too() -> None:
    statement = last("dt/dx -> 20", before="t = 1\nx = 2\ndt = 4\ndx = 0.2\n")
    assert isinstance(statement, Evaluation)
    assert ast.unparse(statement.expression) == "dt/dx"
    assert statement.claims[0].reading == "dt/dx is read as a derivative, not a quotient"


def test_names_like_delta_and_eta_are_names() -> None:
    block = "delta = 2\neta = 3\nd = 4\nδ = 5\nd * delta / eta * δ -> 13.3"
    assert isinstance(parse(block)[-1], Evaluation)


def test_a_name_is_the_same_in_italics() -> None:
    """As Python has it; editors of formulas make such letters."""
    italic = "\N{MATHEMATICAL ITALIC SMALL W}"
    assert isinstance(parse(f"{italic} = 2\nw * {italic} -> 4")[-1], Evaluation)


# -- errors ---------------------------------------------------------------------------------------

ALLOWED = "an expression has numbers, names, + - * / **, parentheses and functions of the table"


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("y = w * w9", 9, "w9 is not defined; did you mean w?"),
        ("y = 2 * q", 9, "q is not defined; there are w, x, out, E"),
        ("w = 1", 1, "w is defined in line 2 already; choose another name, or write `w == ...` to "
         "claim a formula for it"),
        ("w * dE", 5, "dE stands alone; write a derivative as dE/dX, with the name of a value for "
         "X"),
        ("w/dx", 3, "dx stands alone; write a derivative as dx/dX, with the name of a value for X"),
        ("1/dE/dw", 3, "put the derivative in parentheses: / (dE/dw)"),
        ("dE/dq", 4, "dE/dq is a derivative with respect to q, which is not defined; "
         "there are w, x, out, E"),
        ("2 * dE/dW", 8, "dE/dW is a derivative with respect to W, which is not defined; "
         "did you mean w?"),
        ("dE/d", 1, "dE stands alone; write a derivative as dE/dX, with the name of a value for X"),
        ("y = w^2 + x\N{SUPERSCRIPT THREE} \N{MINUS SIGN} q", 16,
         "q is not defined; there are w, x, out, E"),
        ("y = 2w", 5, f"a number is multiplied with *, as in 2*x; {ALLOWED}"),
        ("y = w(1 - w)", 5, "w is not a function; a product is written w*(...)"),
        ("y = 0,5", 5, "a number is written with a point, such as 0.5: no comma"),
        ("y = ln(w)", 5, "there is no function ln; did you mean log?"),
        ("y = log10(w)", 5, "there is no function log10; did you mean log(x) / log(10)?"),
        ("y = w'", 6, "a derivative is written dY/dX, not with a prime"),
        ("y := w", 3, "a definition has = alone, not :="),
        ("y = |w|", 5, "an absolute value is written abs(x)"),
        ("| w | 0.5 |", 1, "a line of a sheet is no row of a table; write w -> 0.5"),
        ("w: 0.5", 2, "a number stands behind an arrow, as in w -> 0.5, not behind a colon"),
        ("dE/dw => 0.5", 8, "an arrow is written ->, not =>"),
        ("w --> 0.5", 3, "an operand is missing behind the -; an arrow is written ->"),
        ("w -> 0.5; x -> 2", 9, "each claim stands on a line by itself"),
        ("2) w -> 0.5", 1, "a line of a sheet has no number in front"),
        ("y = (w + 1) (w - 1)", 5, "a product is written with *, as in (w + 1)*(w - 1)"),
        ("y = w * (x", 9, f"'(' was never closed; {ALLOWED}"),
        ("y = w x", 6, "a product is written with *, as in w*x"),
        ("y = 2*sin x", 7, "an argument stands in parentheses, as in sin(x)"),
        ("y = w.data", 5, f"this cannot stand in a formula; {ALLOWED}"),
        ("y = w[0]", 5, f"this cannot stand in a formula; {ALLOWED}"),
        ("y = 'w'", 5, f"this cannot stand in a formula; {ALLOWED}"),
        ("y = True", 5, f"this cannot stand in a formula; {ALLOWED}"),
        ("y = 2j", 5, f"this cannot stand in a formula; {ALLOWED}"),
        ("y = w if x else 1", 5, "a formula is one expression: write `if` with step, relu or "
         "maximum, or give the formula of the branch that is taken"),
        ("lambda = 1", 1, "lambda is a word of Python and cannot be a name; call it lambda_"),
        ("y = [w]", 5, f"this cannot stand in a formula; {ALLOWED}"),
        ("y = w % x", 5, f"this cannot stand in a formula; {ALLOWED}"),
        ("y = sigmoyd(w)", 5, "there is no function sigmoyd; did you mean sigmoid?"),
        ("y = exp(w, x)", 5, "exp takes 1 operands, got 2"),
        ("y = logsumexp()", 5, "logsumexp takes one or more operands, got 0"),
        (" = w", 2, "an expression is missing here"),
        ("w * x  # oh", 6, "nothing is claimed here; add what is printed, as in `-> 0.25`, or a "
         "formula, as in `= x * y`"),
        ("y = w  # erratum", 1, "an erratum needs a claim; this line only defines y"),
        ("dE/dw = x -> 1 # erratum", 1, "a formula and a number are claimed here: say which is the "
         "erratum, with a line for each"),
        ("w -> 0,5", 6, "'0,5' has a comma: write the number with a point, such as 1234.5"),
        ("w -> half", 6, "'half' is not a printed number: expected one such as 0.40, -.35 or "
         "5.5090e-04"),
        ("y = δδ", 5, "δδ is not defined; there are w, x, out, E"),
        ("y = w\0", 6, "the character '\\x00' cannot stand here"),
        ("descend(E, w, rate=1, times=1)", 1, "expected descend(E, [w1, w2], rate=0.5, times=10)"),
        ("descend(E, [], rate=1, times=1)", 1, "expected descend(E, [w1, w2], rate=0.5, times=10)"),
        ("descend(E, [w], rate=1)", 1, "expected descend(E, [w1, w2], rate=0.5, times=10)"),
        ("descend(E, [q], rate=1, times=1)", 13, "q is not defined; there are w, x, out, E"),
        ("descend(e, [w], rate=1, times=1)", 9, "e is not defined; did you mean E?"),
        ("descend(E, [w], rate='a', times=1)", 1, "rate must be a number, such as 0.5, or the "
         "name of one; a negative rate ascends"),
        ("descend(E, [w], rate=1, times=0.5)", 1, "times must be a whole number, 0 or more, "
         "such as 10"),
        ("descend(E, [w], rate=1, times=1) -> 1", 1, "descend claims nothing; claim what E is "
         "after it on the next line"),
    ],
)  # fmt: skip
def test_an_error_says_where_and_what_to_do(line: str, column: int, message: str) -> None:
    error = error_in(line)
    shown = line.replace("\0", " ")
    assert str(error) == (f"sheet.md:6:{column}: {message}\n    {shown}\n    {' ' * (column - 1)}^")
    assert (error.file, error.line, error.column, error.message) == (
        "sheet.md",
        6,
        column,
        message,
    )


def test_an_error_in_a_text_without_a_file() -> None:
    (statement,) = parse_lines(derivation_lines("~~~derivation\n\tx = ü + 1\n~~~"))
    assert isinstance(statement, Unread)
    assert str(statement.error) == (
        "line 2, column 6: ü is not defined; nothing is yet: define it on a line before, as in "
        "x = 0.5\n     x = ü + 1\n         ^"
    )


# -- hostile sheets -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("x = " + "(" * 500 + "1" + ")" * 500, f"too many nested parentheses; {ALLOWED}"),
        ("x = " + "-" * 1900 + "1", "this has more than 100 operations one inside the other; name "
         "parts of it on separate lines"),
        ("x = " + "1+" * 900 + "1", "this has more than 100 operations one inside the other; name "
         "parts of it on separate lines"),
        ("x = " + "2**" * 600 + "1", "this has more than 100 operations one inside the other; name "
         "parts of it on separate lines"),
        ("x = 1\ny = logsumexp(" + "x," * 90 + "x)", "this has more than 100 operations one inside "
         "the other; name parts of it on separate lines"),
        ("x = " + "1" * 10_000_000, "a line of a derivation has 2,000 characters at most, this has "
         "10,000,004; name parts of it on separate lines"),
        ("x = " + "9" * 1900, "this number is beyond any float"),
        ("x = 1e999", "this number is beyond any float"),
        ("x = __import__('os').system('true')", f"this cannot stand in a formula; {ALLOWED}"),
        ("x = __import__('os')", "there is no function __import__; there are "),
        ("x = (lambda: 1)()", f"this cannot stand in a formula; {ALLOWED}"),
        ("x = [y for y in 'a']", f"this cannot stand in a formula; {ALLOWED}"),
        ("x = 1if 2else 3", "a formula is one expression: write `if` with step"),
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_a_hostile_line_is_unread(block: str, message: str) -> None:
    statement = parse(block)[-1]
    assert isinstance(statement, Unread)
    assert statement.error.message.startswith(message)
    assert len(str(statement.error)) < 700
    assert len(statement.claims[0].text) <= MOST_COLUMNS


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            "\n".join(f"x{i} = 1" for i in range(1_000)),
            "a sheet has 500 names at most; split this one",
        ),
        ("1 -> 1\n" * 1_000_000, "a sheet has 2,000 statements at most; split this one"),
        ("?\n" * 1_000_000, "a sheet has 2,000 statements at most; split this one"),
    ],
    ids=lambda text: text[:30],
)
def test_a_sheet_beyond_all_measure_is_refused(block: str, message: str) -> None:
    with pytest.raises(SheetError) as caught:
        parse(block)
    assert caught.value.message == message


def test_only_the_lines_of_derivations_are_short() -> None:
    prose = "x" * (MOST_COLUMNS + 1)
    sheet = f"{prose}\n~~~derivation\nx = 1\n~~~"
    assert len(list(parse_lines(derivation_lines(sheet)))) == 1
