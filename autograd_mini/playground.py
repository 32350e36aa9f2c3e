"""The playground: a text in, and everything to show about it out, as plain data for JSON.

`docs/playground` makes one HTML page of this module and a Python that runs in the browser.

>>> shown = answer("sheet", "w = 0.5\\ny = w*w -> 0.52")
>>> shown["status"], [(mark["line"], mark["from"], mark["to"]) for mark in shown["marks"]]
('1 problem: line 2', [(2, 11, 15)])
"""

from __future__ import annotations

import ast
import io
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, Literal, NamedTuple

from autograd_mini.checking.sheets.check import NO_CLAIM
from autograd_mini.checking.sheets.language import parse_lines
from autograd_mini.checking.sheets.line_parts import Written, split
from autograd_mini.checking.sheets.markdown import LINE_END, MARK, Line, SheetError
from autograd_mini.checking.sheets.markdown import derivation_lines as marked_lines
from autograd_mini.checking.sheets.report import Report, Result
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.checking.sheets.statements import Claim, Statement
from autograd_mini.cli.arguments import CommandError
from autograd_mini.cli.reports import ReportRow, rows
from autograd_mini.cli.sources import advice, source_of_statements
from autograd_mini.decks.report import check_deck_text
from autograd_mini.decks.sheet_writer import sheet_of
from autograd_mini.derivation import explain
from autograd_mini.drawing import Drawing, draw
from autograd_mini.drawing.page.worksheet import worksheet_html
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Value
from autograd_mini.lectures import lectures
from autograd_mini.symbols.labels import label_variables
from autograd_mini.symbols.names import Names, by_name, name_of

Kind = Literal["sheet", "python", "deck"]

# A page of more values takes a browser's Python seconds, and nobody reads it.
MOST_VALUES = 20_000

# More derivatives than this are asked for in the page, by a click on a box.
MOST_DERIVATIVES = 24

MOST_PRINTED = 20_000  # characters

# The file of a program, in the frames of its errors.
PROGRAM = "<playground>"

# How a claim is marked in the text, by its verdict.
HINTS = ("truncates", "carried", "follows", "missing")


class Graph(NamedTuple):
    """A graph to show. learns: the leaves that training moves; None for those of usual names."""

    root: Value
    leaves: Sequence[Value]
    learns: Sequence[Value] | None


def answer(kind: Kind, text: str, why: bool = True) -> dict[str, Any]:
    """Everything to show about a text: verdicts, marks, a graph, its derivatives, printed output.

    kind: "sheet" for a derivation sheet, with or without its prose; "deck" for a lecturer's own
        Markdown or LaTeX; "python" for a program, which is executed.

    why: whether every derivative is explained, which takes a third of the time.

    page: the explorable page of the graph, or None. broken: whether an error left no graph, so
        that a reader keeps the page before.
    """
    shown = nothing()
    graph = _graph(kind, text, shown)
    if graph is not None:
        _draw(graph, shown, why)
    problems = sorted(set(shown["problems"]))
    if problems:
        listed = ", ".join(map(str, problems[:10])) + (", ..." if len(problems) > 10 else "")
        one = len(problems) == 1
        shown["status"] = f"{len(problems)} problem{'' if one else 's'}: " + (
            f"line{'' if one else 's'} {listed}"
        )
    shown["problems"] = problems
    return shown


def worksheet(kind: Kind, text: str, key: bool = False) -> str:
    """A worksheet in HTML that asks for gradients; "" without a graph that a page could show.

    kind: as in `answer`. key: whether the answers follow.
    """
    graph = _graph(kind, text, nothing())
    if graph is None or len(topological_order(graph.root)) > MOST_VALUES:
        return ""
    try:
        return worksheet_html(draw(graph.root, learns=graph.learns or None).page, key=key)
    except (ArithmeticError, ValueError):
        return ""


def _graph(kind: Kind, text: str, shown: dict[str, Any]) -> Graph | None:
    return {"sheet": _sheet, "deck": _deck, "python": _python}[kind](text, shown)


def nothing(status: str = "", broken: bool = False) -> dict[str, Any]:
    """An answer that shows a status only."""
    return {
        "status": status, "problems": [], "marks": [], "rows": [], "notes": [],
        "output": "", "name": "", "page": None, "why": [], "broken": broken,
    }  # fmt: skip


def starters() -> list[dict[str, str]]:
    """The texts of the menu: small sheets and programs, and the lectures that are shipped."""
    small = [
        {"kind": kind, "title": title, "text": text.strip("\n") + "\n"}
        for kind, title, text in STARTERS
    ]
    return small + [
        {"kind": "sheet", "title": f"Lecture: {lecture.title}", "text": lecture.text}
        for lecture in lectures()
    ]


# -- sheets and decks ----------------------------------------------------------------------------


def lines_of(text: str) -> list[Line]:
    """The lines of a sheet; of a text without a block marked `derivation`, all of its lines."""
    lines = list(marked_lines(text))
    if lines or MARK in text:
        return lines
    written = enumerate(LINE_END.split(text), start=1)
    return [Line("", number, line) for number, line in written if line.strip()]


def _sheet(text: str, shown: dict[str, Any]) -> Graph | None:
    try:
        statements = parse_lines(lines_of(text))
    except SheetError as error:
        _show_unread(error, shown)
        return None
    report = Report("", list(Sheet().check(statements)))
    shown["status"] = report.summary if report.results else NO_CLAIM
    shown["notes"] = list(report.notes)
    for row, result in zip(rows(report), report.results):
        state = _state(result)
        _show_row(row, state, shown)
        if state:
            message = _message(row, result.is_wrong)
            _underline(row.line, columns_of(result), state, message, shown)
    return _graph_of_statements(statements, shown)


def _graph_of_statements(statements: Sequence[Statement], shown: dict[str, Any]) -> Graph | None:
    try:
        source = source_of_statements(statements, "the sheet")
    except (CommandError, SheetError, ArithmeticError, ValueError) as error:
        shown["broken"] = isinstance(error, SheetError) or not isinstance(error, CommandError)
        return None
    return Graph(source.value, source.inputs, source.inputs if source.descends else None)


def _show_row(row: ReportRow, state: str, shown: dict[str, Any]) -> None:
    """Add a line to the table. state: as `_state` gives it."""
    shown["rows"].append({
        "line": row.line, "claim": row.claim, "printed": row.printed, "exact": row.exact,
        "verdict": row.verdict, "remark": row.remark, "state": state,
    })  # fmt: skip
    if state == "problem":
        shown["problems"].append(row.line)


def _underline(
    line: int, columns: tuple[int, int], state: str, message: str, shown: dict[str, Any]
) -> None:
    """Mark a part of a line. line: from 1; columns: from 0; state: as `_state` gives it."""
    start, end = columns
    shown["marks"].append(
        {"line": line, "from": start, "to": end, "state": state, "message": message}
    )


def _show_error(
    line: int, columns: tuple[int, int], source: str, verdict: str, message: str,
    shown: dict[str, Any],
) -> None:  # fmt: skip
    """Show the error that ends the reading or the run of a text, at its place."""
    _underline(line, columns, "problem", message, shown)
    row = ReportRow("", "", line, source, columns, source, "", "", verdict, message, wrong=True)
    _show_row(row, "problem", shown)
    shown["broken"] = True


def _show_unread(error: SheetError, shown: dict[str, Any]) -> None:
    columns = error.column - 1, max(len(error.source), error.column)
    _show_error(error.line, columns, error.source, "unread", error.message, shown)


def _state(result: Result) -> str:
    """How a claim is marked: "problem", "known" for an erratum, "hint", or "" for a right one."""
    if result.unexpected:
        return "problem"
    if result.claim.erratum:
        return "known"
    return _hint(result.verdict)


def _hint(verdict: str) -> str:
    return "hint" if verdict in HINTS else ""


def _message(row: ReportRow, is_wrong: bool) -> str:
    exact = f"it is {row.exact}" if row.exact and is_wrong else ""
    return "; ".join(filter(None, [row.verdict, exact, row.remark]))


def columns_of(result: Result) -> tuple[int, int]:
    """The columns of what a claim prints: its number, or its formula; else of its statement."""
    claim = result.claim
    text = claim.line.text
    if result.error is not None:
        end = len(text.partition("#")[0].rstrip())
        start = min(result.error.column - 1, max(0, end - 1))
        return start, max(end, start + 1)
    written = Written.read(claim.line)
    sides = [*([written.printed] if written.printed else []), *reversed(written.sides)]
    for wanted in _printed(claim):
        for side in sides:
            for part in (side, *split(side)):
                if part.text.strip() == wanted:
                    start = part.start + len(part.text) - len(part.text.lstrip())
                    return start, start + len(wanted)
    start = len(text) - len(text.lstrip())
    return start, max(start + 1, len(text.partition("#")[0].rstrip()))


def _printed(claim: Claim) -> Iterator[str]:
    """The texts that a claim prints, the likeliest first."""
    for numeral in (claim.printed, claim.equated):
        if numeral is not None:
            yield numeral.text
    if claim.printed is None:
        yield claim.text.rpartition("=")[2].strip()


def _deck(text: str, shown: dict[str, Any]) -> Graph | None:
    try:
        report = check_deck_text(text)
    except SheetError as error:
        _show_unread(error, shown)
        return None
    shown["status"] = report.summary
    shown["notes"] = list(report.notes())
    for row in rows(report):
        _show_row(row, "problem" if row.wrong else _hint(row.verdict), shown)
        if row.wrong:
            _underline(row.line, row.columns, "problem", _message(row, is_wrong=True), shown)
    try:
        statements = parse_lines(lines_of(sheet_of(report)))
    except SheetError:
        return None
    return _graph_of_statements(statements, shown)


# -- Python --------------------------------------------------------------------------------------


class _Printed(io.StringIO):
    """Printed output, of which the beginning is kept."""

    cut = False

    def write(self, text: str) -> int:
        if not self.cut:
            room = MOST_PRINTED - self.tell()
            super().write(text[:room])
            if room < len(text):
                self.cut = True
                super().write(f"\n... ({MOST_PRINTED:,} characters are shown)\n")
        return len(text)


def _python(text: str, shown: dict[str, Any]) -> Graph | None:
    """Execute a program and show its loss, or the last Value that it computes."""
    variables: dict[str, Any] = {"__name__": "__main__", "__file__": PROGRAM}
    printed, result = _Printed(), None
    try:
        tree = ast.parse(text, PROGRAM)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        with redirect_stdout(printed), redirect_stderr(printed):
            exec(compile(tree, PROGRAM, "exec"), variables)
            if isinstance(last, ast.Expr):
                result = eval(compile(ast.Expression(last.value), PROGRAM, "eval"), variables)
                if result is not None and not isinstance(result, (Drawing, Value)):
                    print(result)
    except SyntaxError as error:
        _fail(error.lineno or 1, (error.offset or 1) - 1, f"SyntaxError: {error.msg}", text, shown)
    except KeyboardInterrupt:
        _fail(_line_of(sys.exc_info()[1]), 0, "stopped: it runs for too long", text, shown)
    except SystemExit:
        pass
    except Exception as error:
        # The message is a stranger's: its __str__ may fail as well.
        try:
            message = f"{type(error).__name__}: {error}{advice(error)}"
        except Exception:
            message = type(error).__name__
        _fail(_line_of(error), 0, message, text, shown)
    shown["output"] = printed.getvalue()
    return None if shown["broken"] else _graph_of_variables(variables, result, shown)


def _line_of(error: BaseException | None) -> int:
    """The line of the program in which an error arose."""
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    lines = [frame.lineno for frame in frames if frame.filename == PROGRAM and frame.lineno]
    return lines[-1] if lines else 1


def _fail(line: int, column: int, message: str, text: str, shown: dict[str, Any]) -> None:
    """Show the error of a program. column: from 0, or 0 for the whole line."""
    lines = LINE_END.split(text)
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    start = column or len(source) - len(source.lstrip())
    columns = start, max(start + 1, len(source.rstrip()))
    _show_error(line, columns, source.strip(), "error", message, shown)


def _graph_of_variables(
    variables: dict[str, Any], result: object, shown: dict[str, Any]
) -> Graph | None:
    """The graph of the Value that a program ends with, of its loss, or of its last result.

    A program that ends with a drawing has shown its graph itself.
    """
    named = {n: v for n, v in variables.items() if isinstance(v, Value) and not n.startswith("_")}
    computed = [(name, value) for name, value in named.items() if value.op is not None]
    shown["status"] = "the program has run"
    if isinstance(result, Drawing):
        shown["page"] = result.page.html()
        return None
    if isinstance(result, Value):
        name, root = next((item for item in named.items() if item[1] is result), ("", result))
    elif "loss" in dict(computed):
        name, root = "loss", named["loss"]
    elif computed:
        name, root = computed[-1]
    else:
        shown["status"] += "; it computes no Value, so there is no graph to draw"
        return None
    label_variables(variables)
    names = Names(root)
    leaves = by_name([v for v in names.values if v.op is None and v.label], name_of)
    shown["status"] += f"; the graph is that below {name or names(root)}"
    return Graph(root, leaves, None)


# -- the graph -----------------------------------------------------------------------------------


def _draw(graph: Graph, shown: dict[str, Any], why: bool) -> None:
    """The page of a graph, and the explanation of the derivative for each leaf."""
    root, leaves, learns = graph
    shown["name"] = root.label
    size = len(topological_order(root))
    if size > MOST_VALUES:
        shown["notes"].append(
            f"the graph has {size:,} values; the playground draws {MOST_VALUES:,} at most"
        )
        return
    if not root.has_grad:
        root.backward()
    try:
        shown["page"] = draw(root, learns=learns or None).page.html()
        for leaf in leaves[:MOST_DERIVATIVES] if why else ():
            if root.label and leaf.label:
                title = f"d{root.label}/d{leaf.label}"
                shown["why"].append({"name": title, "html": explain(root, leaf).html})
    except (ArithmeticError, ValueError) as error:
        shown["notes"].append(str(error))


NEURON = """
x1 = 2
x2 = 0
w1 = -3
w2 = 1
b = 6.8813735870195432
n = x1*w1 + x2*w2 + b        -> 0.8814
o = tanh(n)                  -> 0.7071
do/dn = 1 - o**2
do/dw1                       -> 1.0
do/dx1                       -> -1.5
"""

TWO_TWO_TWO = """
i1 = 0.05
i2 = 0.10
w1 = 0.15
w2 = 0.20
w3 = 0.25
w4 = 0.30
w5 = 0.40
w6 = 0.45
w7 = 0.50
w8 = 0.55
b1 = 0.35
b2 = 0.60
t1 = 0.01
t2 = 0.99
net_h1 = w1*i1 + w2*i2 + b1          -> 0.3775
out_h1 = sigmoid(net_h1)             -> 0.593269992
net_h2 = w3*i1 + w4*i2 + b1
out_h2 = sigmoid(net_h2)             -> 0.596884378
net_o1 = w5*out_h1 + w6*out_h2 + b2  -> 1.105905967
out_o1 = sigmoid(net_o1)             -> 0.75136507
net_o2 = w7*out_h1 + w8*out_h2 + b2
out_o2 = sigmoid(net_o2)             -> 0.772928465
E_o1 = 1/2*(t1 - out_o1)**2          -> 0.274811083
E_o2 = 1/2*(t2 - out_o2)**2          -> 0.023560026
E = E_o1 + E_o2                      -> 0.298371109
dE/dw5 = (out_o1 - t1) * out_o1*(1 - out_o1) * out_h1
dE/dw5                               -> 0.081267
dE/dw1 = (dE_o1/dout_h1 + dE_o2/dout_h1) * out_h1*(1 - out_h1) * i2
dE/dw1                               -> 0.000438568
w5 - 0.5*dE/dw5                      -> 0.35891648
"""

SOFTMAX = """
z1 = 2.0
z2 = 1.0
z3 = 0.1
p1, p2, p3 = softmax(z1, z2, z3)
p1                           -> 0.6590
L = -log(p1)                 -> 0.4170
dL/dz1 = p1 - 1
dL/dz1                       -> -0.3410
dL/dz2 = p2
"""

XOR = """
# Then go on in the page: check Network, open Train and press Run. Each circle shows its unit.
import nn
from autograd_mini import draw

points = nn.xor(24, noise=0.15, seed=1)
model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=1)

def loss_now():
    return sum(nn.binary_cross_entropy(model(x), y) for x, y in points) / len(points)

for epoch in range(30):
    loss = loss_now()
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.5 * p.grad
    if epoch % 5 == 0:
        print(f"epoch {epoch:3}  loss {loss.data:.4f}")

draw(loss, learns=model.parameters())
"""

PROGRAM_NEURON = """
from autograd_mini import Value, explain

w, x, b = Value(0.5), Value(2.0), Value(-1.5)
net = w * x + b
out = net.tanh()
loss = (out - 1) ** 2
loss.backward()
print("loss", loss.data, " dloss/dw", w.grad)
"""

DECK = r"""
# A slide

The unit has $w = 0.5$, $x = 2$ and $b = 0.1$.

$$z = w x + b = 0.5 \cdot 2 + 0.1 = 1.1$$

$$\frac{\partial z}{\partial w} = x = 3$$
"""

STARTERS: list[tuple[Kind, str, str]] = [
    ("sheet", "2-2-2 network, with two slips to find", TWO_TWO_TWO),
    ("sheet", "One neuron", NEURON),
    ("sheet", "Softmax and cross-entropy", SOFTMAX),
    ("python", "A neuron in Python", PROGRAM_NEURON),
    ("python", "Training on XOR", XOR),
    ("deck", "A slide with a slip", DECK),
]
