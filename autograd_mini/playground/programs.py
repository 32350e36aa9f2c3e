"""Programs in the playground: executed, with what they print, their errors and their graph."""

from __future__ import annotations

import ast
import io
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from autograd_mini.checking.sheets.markdown import LINE_END
from autograd_mini.cli.sources import advice
from autograd_mini.drawing import Drawing
from autograd_mini.engine.value import Value
from autograd_mini.playground.answers import Answer, Graph
from autograd_mini.symbols.labels import label_variables
from autograd_mini.symbols.names import Names, by_name, name_of

MOST_PRINTED = 20_000  # characters

# The file of a program, in the frames of its errors.
PROGRAM = "<playground>"


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


def show_program(text: str, shown: Answer) -> Graph | None:
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
    shown.output = printed.getvalue()
    return None if shown.broken else _graph_of_variables(variables, result, shown)


def _line_of(error: BaseException | None) -> int:
    """The line of the program in which an error arose."""
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    lines = [frame.lineno for frame in frames if frame.filename == PROGRAM and frame.lineno]
    return lines[-1] if lines else 1


def _fail(line: int, column: int, message: str, text: str, shown: Answer) -> None:
    """Show the error of a program. column: from 0, or 0 for the whole line."""
    lines = LINE_END.split(text)
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    start = column or len(source) - len(source.lstrip())
    columns = start, max(start + 1, len(source.rstrip()))
    shown.add_error(line, columns, source.strip(), "error", message)


def _graph_of_variables(variables: dict[str, Any], result: object, shown: Answer) -> Graph | None:
    """The graph of the Value that a program ends with, of its loss, or of its last result.

    A program that ends with a drawing has shown its graph itself.
    """
    named = {n: v for n, v in variables.items() if isinstance(v, Value) and not n.startswith("_")}
    computed = [(name, value) for name, value in named.items() if value.op is not None]
    shown.status = "the program has run"
    if isinstance(result, Drawing):
        shown.page = result.page.html()
        return None
    if isinstance(result, Value):
        name, root = next((item for item in named.items() if item[1] is result), ("", result))
    elif "loss" in dict(computed):
        name, root = "loss", named["loss"]
    elif computed:
        name, root = computed[-1]
    else:
        shown.status += "; it computes no Value, so there is no graph to draw"
        return None
    label_variables(variables)
    names = Names(root)
    leaves = by_name([v for v in names.values if v.op is None and v.label], name_of)
    shown.status += f"; the graph is that below {name or names(root)}"
    return Graph(root, leaves, None)
