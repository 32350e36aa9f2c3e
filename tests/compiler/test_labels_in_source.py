# ruff: noqa: E501, RUF001
# The lists are of labels that are long or ambiguous on purpose.
"""Labels of any kind: they may be read in comments, and never become code."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from compiled_graphs import NUMPY, C, run_in_node

from autograd_mini import Value, compile_function, compile_graph

EVERY_TARGET = pytest.mark.parametrize("target", ["python", NUMPY, C, "javascript"])

PYTHON_WORDS = [*keyword.kwlist, *keyword.softkwlist]

C_WORDS = [
    "auto",
    "break",
    "case",
    "char",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extern",
    "float",
    "for",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "register",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "typedef",
    "union",
    "unsigned",
    "void",
    "volatile",
    "while",
    "main",
    "asm",
    "typeof",
    "NAN",
    "INFINITY",
    "HUGE_VAL",
    "HUGE_VALF",
    "FP_NAN",
    "FP_ZERO",
    "FP_INFINITE",
    "FP_NORMAL",
    "FP_SUBNORMAL",
    "FP_ILOGB0",
    "MATH_ERRNO",
    "math_errhandling",
    "M_PI",
    "M_E",
    "float_t",
    "double_t",
    "isnan",
    "isinf",
    "isfinite",
    "signbit",
    "fpclassify",
    "errno",
    "NULL",
    "EOF",
    "linux",
    "unix",
    "i386",
]

JAVASCRIPT_WORDS = [
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "debugger",
    "default",
    "delete",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "function",
    "get",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "of",
    "package",
    "private",
    "protected",
    "public",
    "set",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "with",
    "yield",
    "Infinity",
    "Math",
    "NaN",
    "Number",
    "Array",
    "Object",
    "RangeError",
    "Error",
    "globalThis",
]

# What generated programs call something themselves.
OUR_WORDS = [
    "value_and_gradients",
    "valueAndGradients",
    "value",
    "total",
    "descend",
    "batch",
    "inputs",
    "values",
    "gradients",
    "gradient",
    "rows",
    "row",
    "numbers",
    "start",
    "rate",
    "times",
    "done",
    "count",
    "looked_at",
    "where",
    "raise_stale",
    "ArithmeticError",
    "ValueError",
    "enumerate",
    "range",
    "len",
    "steps",
    "momentum",
    "velocity",
    "mean",
    "square",
    "seen1",
    "seen2",
    "beta1",
    "beta2",
    "epsilon",
    "weight_decay",
    "sum_of_values",
    "sums",
    "sum",
    "sum_w",
    "gradient_w",
    "velocity_w",
    "moving",
    "given",
    "INPUTS",
    "OUTPUTS",
    "WRT",
    "LANES",
    "lanes",
    "truths",
    "all",
    "is_any",
    "add_lanes",
    "of_each_tanh",
    "of_each_exp",
    "w",
    "g",
    "i",
    "k",
    "x",
    "y",
    "z",
    "t",
    "t_2",
    "v1",
    "v2",
    "x1",
    "d_d",
    "d1_d",
    "d",
    "d1",
    "exp",
    "tanh",
    "log",
    "pow",
    "fabs",
    "copysign",
    "absolute",
    "power",
    "arccos",
    "inf",
    "nan",
    "math",
    "numpy",
    "np",
    "y0",
    "y1",
    "yn",
    "j0",
    "j1",
    "jn",
    "gamma",
    "lgamma",
]

MARK = "hostile"
HOSTILE = [
    "two words", "two\nlines", "two\rlines", "two\u2028lines", "two\x0clines", "tab\tulator", "nul\x00",
    "*/", "*\\", "**\\/", "*/ hostile /*", "*\\ hostile; /*", "/*", "//", "#", "\\", "ends in \\",
    "??/", "*??/", "%s %d {} {0}", "'", '"', '"""', "'''", "`${hostile}`", "<!--", "-->", "]]>",
    "1; hostile", "hostile()", "hostile; x", "hostile = 1 #", "; hostile //", "0", "-1", "1e5", "+",
    "[hostile]", "__import__('os').system('hostile')", "[__import__('os').system('hostile')]",
    ".hostile", "(hostile)", "x.hostile", "a,b", "a = b", "a:b", "lambda: hostile", "=hostile",
    "ä", "λ", "零", "ｗ", "w\u0301", "é", "\U0001f600", "\u202ehostile", "\ufeff", "\xa0", "\ud800", "²",
    "_", "__", "_w", "__class__", "w" * 59, "w" * 60, "w" * 61, "w" * 10_000, "hostile " * 2000, "W",
]  # fmt: skip

EVERY_LABEL = list(
    dict.fromkeys([*PYTHON_WORDS, *C_WORDS, *JAVASCRIPT_WORDS, *OUR_WORDS, *HOSTILE])
)


def labelled(
    inputs: list[str], results: Sequence[str] = (), constants: Sequence[str] = ()
) -> tuple[list[Value], Value]:
    """A graph whose leaves, whose results from the last one on, and whose constants have labels."""
    count = max(2, len(inputs))
    xs = [Value(0.25 + k / count) for k in range(count)]
    made: list[Value] = [xs[0] * 1.5]
    fixed = [Value(1.0 + k / 7) for k in range(count)]
    for k, x in enumerate(xs):
        y = (x * fixed[k]).tanh() * xs[k - 1]
        made += [y, made[-1] + y]
    for values, labels in ((xs, inputs), (made[::-1], results), (fixed, constants)):
        for value, label in zip(values, labels):
            value.label = label
    return xs, made[-1]


THIRD = len(EVERY_LABEL) // 3 + 1
PARTS = [EVERY_LABEL[k : k + THIRD] for k in range(0, len(EVERY_LABEL), THIRD)]
EVERY_PLACE = pytest.mark.parametrize("first", range(3))


def in_place(first: int) -> tuple[list[str], list[str], list[str]]:
    """All labels, each once: a third of them on leaves, on results, on constants."""
    inputs, results, constants = PARTS[first:] + PARTS[:first]
    return inputs, results, constants


def without_labels(inputs: list[str], *_: Any) -> tuple[list[Value], Value]:
    return labelled([""] * len(inputs))


def code_of(source: str, target: str) -> str:
    """A program without its comments, and without the messages of its errors."""
    if target in ("python", "numpy"):
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        kept = (each.string for each in tokens if each.type != tokenize.COMMENT)
        code = " ".join(kept)
        return code.replace("'an operation has no finite value'", "")
    comment = r"/\*.*?\*/" if target == "c" else r"//[^\n]*"
    code = re.sub(comment, "", source, flags=re.DOTALL if target == "c" else 0)
    return code.replace('"an operation has no finite value"', "")


# What programs are written with; no quotes, no backslashes, no semicolons in Python.
CHARACTERS = {
    "python": r"[\w\s.,()\[\]=+\-*/<>!:]*",
    "numpy": r"[\w\s.,()\[\]=+\-*/<>!:]*",
    "c": r"[\w\s.,()\[\]=+\-*/<>!:;?{}#&|~]*",
    "javascript": r"[\w\s.,()\[\]=+\-*/<>!:;?{}&]*",
}


def check_code(source: str, target: str) -> None:
    code = code_of(source, target)
    assert MARK not in code
    assert re.fullmatch(CHARACTERS[target], code, re.ASCII), code
    assert all(len(word) <= 150 for word in re.findall(r"\w+", code))


@EVERY_TARGET
@EVERY_PLACE
def test_every_label_in_one_graph(first: int, target: str) -> None:
    """What is computed is the same as with no labels."""
    xs, y = labelled(*in_place(first))
    program = compile_graph(y, xs, target=target)
    check_code(program.source, target)
    if target != "javascript":
        plain_xs, plain = without_labels(*in_place(first))
        expected = compile_graph(plain, plain_xs, target=target)
        numbers = [x.data for x in xs]
        assert program(*numbers) == expected(*numbers)
        assert program.value(*numbers) == expected.value(*numbers)


@pytest.mark.parametrize(
    "labels",
    [PYTHON_WORDS, C_WORDS, JAVASCRIPT_WORDS, OUR_WORDS, HOSTILE],
    ids=["python", "c", "javascript", "ours", "hostile"],
)
def test_each_label_beside_what_a_generated_name_begins_with(
    labels: list[str], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    plain_xs, plain = labelled(["", ""])
    expected = compile_graph(plain, plain_xs)(0.5, 0.75)
    for label in labels:
        for xs, y in (labelled([label, "d_d"]), labelled([label, label], [label, "d_d"])):
            for target in ("python", "javascript"):
                check_code(compile_graph([y, y * xs[0]], xs, target=target).source, target)
            program = compile_graph(y, xs)
            check_code(program.source, "python")
            assert program(0.5, 0.75) == expected, label
    assert not list(tmp_path.iterdir())


@pytest.mark.cc
def test_every_hostile_label_beside_what_a_generated_name_begins_with_in_c() -> None:
    xs, y = labelled([part for label in HOSTILE for part in (label, "d_d")])
    program = compile_graph(y, xs, target="c")
    check_code(program.source, "c")
    numbers = [x.data for x in xs]
    assert program(*numbers) == compile_graph(y, xs)(*numbers)


@pytest.mark.parametrize(
    ("method", "first", "target"),
    [
        ("sgd", 0, "python"),
        ("momentum", 1, "python"),
        ("adam", 2, "python"),
        pytest.param("adam", 0, *NUMPY.values, marks=NUMPY.marks),
        pytest.param("adam", 1, *C.values, marks=C.marks),
    ],
)
def test_a_descent_whatever_the_parameters_are_called(method: str, first: int, target: str) -> None:
    """Over few rows, and over as many as the target c computes several of at once."""
    xs, y = labelled(*in_place(first))
    plain_xs, plain = without_labels(*in_place(first))
    program = compile_graph(y, xs, wrt=xs[::2], target=target)
    expected = compile_graph(plain, plain_xs, wrt=plain_xs[::2])
    start = [x.data for x in xs[::2]]
    for count in (2, 40):
        batch = [[x.data + k / 100 for x in xs[1::2]] for k in range(count)]
        settings = {"rate": 0.01, "times": 2, "batch": batch, "method": method}
        found = program.descend(start, weight_decay=0.1, **settings).values
        assert found == pytest.approx(
            expected.descend(start, weight_decay=0.1, **settings).values, rel=1e-12, abs=1e-12
        )


@pytest.mark.node
def test_every_label_in_node(tmp_path: Path) -> None:
    graphs = [labelled(*in_place(first)) for first in range(3)]
    graphs += [labelled([label, "d_d"]) for label in EVERY_LABEL]
    graphs += [labelled(["d_d"], [label, "h"]) for label in EVERY_LABEL]
    programs = []
    for xs, y in graphs:
        source = compile_graph(y, xs, target="javascript").source
        programs.append((source, [[x.data for x in xs], [1e308] * len(xs)]))
    for (xs, y), (found, failed) in zip(graphs, run_in_node(tmp_path, programs)):
        assert isinstance(found, list), (xs, found)
        assert found[0] == pytest.approx(y.data, rel=1e-13), xs
        # The error is ours, whatever is called RangeError.
        assert failed == "RangeError: an operation has no finite value", xs


def test_parameters_of_a_function_may_have_any_name() -> None:
    def f(exp, gradients, looked_at, done, values, d_d, INPUTS, *args):
        return exp * gradients - looked_at / done + values.tanh() * d_d * INPUTS + args[0] * args[1]

    numbers = [0.5, 2.0, 3.0, 4.0, 0.1, 0.2, 0.3, 5.0, 7.0]
    xs = [Value(x) for x in numbers]
    y = f(*xs)
    y.backward()
    assert compile_function(f)(*numbers) == (y.data, [x.grad for x in xs])


def test_a_label_that_is_no_word_is_told_in_a_comment() -> None:
    x, y = Value(2.0, label="x 1"), Value(3.0, label="a*/b")
    z = x * y
    z.label = "E\nE"
    source = compile_graph(z, [x, y]).source
    assert source == (
        "def value_and_gradients(x1, x2):\n"
        "    # x1: x 1\n"
        "    # x2: a* /b\n"
        "    # forward\n"
        "    t = x1 * x2  # E␊E\n"
        "    if t * 0.0 != 0.0:\n"
        "        raise ArithmeticError('an operation has no finite value')\n"
        "    return t, [x2, x1]\n"
    )


def test_a_long_label_is_cut_in_a_comment() -> None:
    x = Value(2.0, label="x " * 5000)
    source = compile_graph(x * 2.0, [x]).source
    assert f"    # x1: {'x ' * 30}...\n" in source
    assert max(map(len, source.splitlines())) < 200
