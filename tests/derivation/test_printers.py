"""The printers of formulas as pairs: a formula, and how it is set."""

import ast
from xml.etree import ElementTree

import pytest

from autograd_mini.engine.tree import parse
from autograd_mini.symbols.latex import LatexPrinter, escaped
from autograd_mini.symbols.mathml import MathMLPrinter
from autograd_mini.symbols.text import TextPrinter

NAMES = ["x", "y", "z", "w5", "out_o1", "theta1", "a_1_2"]

PAIRS = [
    (
        "out_o1 * (1 - out_o1)",
        "out_o1 (1 - out_o1)",
        r"\mathrm{out}_{o1} \, (1 - \mathrm{out}_{o1})",
    ),
    ("2 * x * y", "2 x y", r"2 \, x \, y"),
    ("x * 2", "x * 2", r"x \cdot 2"),
    ("x * 2 ** y", "x * 2^y", r"x \cdot 2^{y}"),
    ("x / 2 * y", "(x / 2) y", r"\frac{x}{2} \, y"),
    ("x / (y * z)", "x / (y z)", r"\frac{x}{y \, z}"),
    ("x / y / z", "x / y / z", r"\frac{\frac{x}{y}}{z}"),
    ("x / y ** 2", "x / y^2", r"\frac{x}{y^{2}}"),
    ("(x + y) ** 2", "(x + y)^2", "(x + y)^{2}"),
    ("(x / y) ** 2", "(x / y)^2", r"\left(\frac{x}{y}\right)^{2}"),
    ("(x ** y) ** z", "(x^y)^z", "(x^{y})^{z}"),
    ("x ** y ** z", "x^(y^z)", "x^{y^{z}}"),
    ("x ** -1", "x^(-1)", "x^{-1}"),
    ("(-x) ** 2", "(-x)^2", "(-x)^{2}"),
    ("-x ** 2", "-x^2", "-x^{2}"),
    ("-(x * y)", "-x y", r"-x \, y"),
    ("-(x + y)", "-(x + y)", "-(x + y)"),
    ("-(-x)", "-(-x)", "-(-x)"),
    ("x * -y", "x (-y)", r"x \, (-y)"),
    ("x + -y", "x - y", "x - y"),
    ("x - -y", "x + y", "x + y"),
    ("x + -y * z", "x + (-y z)", r"x + (-y \, z)"),
    ("x - (y - z)", "x - (y - z)", "x - (y - z)"),
    ("x - (y + z) * 2", "x - (y + z) * 2", r"x - (y + z) \cdot 2"),
    ("exp(-x)", "exp(-x)", "e^{-x}"),
    ("exp(x) ** 2", "exp(x)^2", "(e^{x})^{2}"),
    ("sqrt(x + 1)", "sqrt(x + 1)", r"\sqrt{x + 1}"),
    ("abs(x)", "abs(x)", r"\left|x\right|"),
    ("sigmoid(x / y)", "sigmoid(x / y)", r"\sigma\left(\frac{x}{y}\right)"),
    ("maximum(x, y)", "maximum(x, y)", r"\max(x, y)"),
    ("asin(x)", "asin(x)", r"\arcsin(x)"),
    ("softplus(x)", "softplus(x)", r"\operatorname{softplus}(x)"),
    ("theta1 + a_1_2 - w5", "theta1 + a_1_2 - w5", r"\theta_1 + a_{1,2} - w_5"),
    ("1.5e-07 * x", "1.5e-7 x", r"1.5 \times 10^{-7} \, x"),
    ("1e-07 ** x", "1e-7^x", r"(1 \times 10^{-7})^{x}"),
    ("x ** 1e-07", "x^1e-7", r"x^{1 \times 10^{-7}}"),
    ("x / 1e-07", "x / 1e-7", r"\frac{x}{1 \times 10^{-7}}"),
    (
        "0 if x <= 0 else x",
        "0 if x <= 0 else x",
        r"\begin{cases} 0 & \text{if } x \le 0 \\ x & \text{otherwise} \end{cases}",
    ),
]


@pytest.mark.parametrize(("formula", "text", "latex"), PAIRS)
def test_formulas_in_text_and_latex(formula: str, text: str, latex: str) -> None:
    tree = parse(formula, NAMES)
    assert TextPrinter().text(tree) == text
    assert LatexPrinter().text(tree) == latex


@pytest.mark.parametrize("formula", [formula for formula, _, _ in PAIRS])
def test_mathml_is_well_formed_and_says_the_same(formula: str) -> None:
    tree = parse(formula, NAMES)
    element = ElementTree.fromstring(
        f"<math>{MathMLPrinter().text(tree)}</math>".replace(
            "&theta;", "\N{GREEK SMALL LETTER THETA}"
        )
    )
    leaves = {"mi", "mn", "mo", "mspace", "mtext"}
    for node in element.iter():
        arity = {"mfrac": 2, "msup": 2, "msub": 2}.get(node.tag)
        assert arity is None or len(node) == arity
        assert (node.tag in leaves) == (len(node) == 0)


def test_mathml() -> None:
    tree = parse("out_o1 * (1 - out_o1) / 2", NAMES)
    assert MathMLPrinter().text(tree) == (
        "<mfrac><mrow><msub><mi>out</mi><mi>o1</mi></msub>"
        '<mspace width="0.17em"></mspace><mrow><mo stretchy="false">(</mo><mn>1</mn>'
        '<mo form="infix">\N{MINUS SIGN}</mo><msub><mi>out</mi><mi>o1</mi></msub>'
        '<mo stretchy="false">)</mo></mrow></mrow><mrow><mn>2</mn></mrow></mfrac>'
    )


HOSTILE = '<script>\\end{x} $1 & "2"\n~^_#%'


def test_labels_that_are_no_words_are_quoted() -> None:
    tree = ast.BinOp(ast.Name(HOSTILE), ast.Mult(), ast.Name("my loss"))
    quoted = '<script>\\end{x} $1 & "2"\N{SYMBOL FOR LINE FEED}~^_#%'
    assert TextPrinter().text(tree) == f"[{quoted}] [my loss]"
    assert LatexPrinter().text(tree) == (
        r"\text{\textless{}script\textgreater{}\textbackslash{}end\{x\} \textdollar{}1 \& "
        '"2"\N{SYMBOL FOR LINE FEED}'
        r"\textasciitilde{}\textasciicircum{}\_\#\%} \, \text{my loss}"
    )
    assert escaped("a_b") == r"a\_b"
    assert MathMLPrinter().name(HOSTILE)[0] == (
        "<mtext>&lt;script&gt;\\end{x} $1 &amp; &quot;2&quot;\N{SYMBOL FOR LINE FEED}~^_#%</mtext>"
    )


def test_a_sum_of_thousands_of_terms_is_written_without_recursion() -> None:
    tree = parse("x")
    for _ in range(20_000):
        tree = ast.BinOp(tree, ast.Add(), ast.Name("y"))
    assert TextPrinter().text(tree) == "x" + " + y" * 20_000
