"""The argument FILE of every subcommand: a Value in a Python file, a sheet, or a lecture."""

from __future__ import annotations

import argparse
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from autograd_mini.checking.sheets.check import parse_text
from autograd_mini.checking.sheets.markdown import read_sheet
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.checking.sheets.statements import (
    Definition,
    DescendStatement,
    Given,
    Statement,
    Unread,
)
from autograd_mini.cli.arguments import CommandError
from autograd_mini.decks.report import has_equations
from autograd_mini.decks.sheet_writer import deck_as_sheet
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Value
from autograd_mini.lectures import find_lecture
from autograd_mini.symbols.labels import label_variables
from autograd_mini.symbols.names import Names, by_name, name_of

LONGEST_LIST = 60  # letters of the questions in the name of a quiz's file


class GraphSource(NamedTuple):
    """A graph that the user named on the command line.

    name, value: the root and its name. values: every value by its name, in the order of the file
    or of the graph. inputs: the labelled leaves below the root; of a sheet with a descent, the
    parameters. descends: whether the sheet descends on the root.
    """

    name: str
    value: Value
    values: dict[str, Value]
    inputs: list[Value]
    descends: bool = False


def find_source(file: str, of: str | None = None) -> GraphSource:
    """The graph that `file` names.

    of: the value of a sheet; by default the value it descends on, or its last result.

    Raises: CommandError; SheetError; OSError.
    """
    return _in_python_file(file) if is_python_file(file) else _in_sheet(file, of)


def is_python_file(file: str) -> bool:
    """True if the argument means FILE.py:NAME, even without its NAME."""
    return file.endswith(".py") or ".py:" in file


def usual_file(options: argparse.Namespace, value: str, suffix: str) -> str:
    """The file to write where none is given, which differs between sheets and between quizzes.

    It has the name of the value, after that of its sheet, and the questions of a quiz.

    >>> options = argparse.Namespace(source="slides/mazur.md", quiz=["dE/dw5", "net_h1"])
    >>> usual_file(options, "E", ".svg")
    'mazur-E-quiz-dE_dw5-net_h1.html'
    """
    sheet = "" if is_python_file(options.source) else f"{Path(options.source).stem}-"
    if not options.quiz:
        return f"{sheet}{value}{suffix}"
    asked = "-".join(re.sub(r"\W+", "_", each) for each in options.quiz)
    return f"{sheet}{value}-quiz-{asked[:LONGEST_LIST]}.html"


def read_text(file: str) -> tuple[str, str]:
    """The text and the path of a sheet or of a shipped lecture.

    Raises: CommandError; SheetError; OSError.
    """
    if os.path.isdir(file):
        raise CommandError(f"{file!r} is a folder; give a file in it")
    if os.path.exists(file):
        return read_sheet(Path(file)), file
    if os.path.dirname(file):
        raise CommandError(f"there is no file {file!r}")
    try:
        lecture = find_lecture(file)
    except LookupError as error:
        raise CommandError(f"there is no file {file!r}, and {error.args[0]}") from None
    return lecture.text, lecture.path


def _in_sheet(file: str, of: str | None) -> GraphSource:
    text, path = read_text(file)
    statements = parse_text(text, path)
    if not statements and has_equations(text, path):
        statements = parse_text(deck_as_sheet(text, path), f"{path}.md")
    return source_of_statements(statements, file, of)


def source_of_statements(
    statements: Sequence[Statement], file: str, of: str | None = None
) -> GraphSource:
    """The graph that the statements of a sheet record; file: the sheet, for errors.

    Raises: CommandError; SheetError where a line is unread, or a value is undefined.
    """
    values = _defined(statements)
    descents = [statement for statement in statements if isinstance(statement, DescendStatement)]
    results = [name for name, value in values.items() if value.op is not None]
    if of is None and results:
        of = descents[0].root if descents else results[-1]
    if of not in results:
        if of is None:
            raise CommandError(f"{file} computes nothing; add a line such as y = tanh(w*x)")
        raise CommandError(
            f"{file} computes no value {of!r}; it computes {', '.join(results) or 'none'}"
        )
    root = values[of]
    for descent in descents:
        if descent.root == of:
            parameters = [values[parameter] for parameter in descent.parameters]
            return GraphSource(of, root, values, parameters, descends=True)
    below = set(map(id, topological_order(root)))
    leaves = {id(value): value for value in values.values() if value.op is None}
    return GraphSource(of, root, values, [leaf for key, leaf in leaves.items() if key in below])


def _defined(statements: Iterable[Statement]) -> dict[str, Value]:
    """The values that a sheet defines, before any descent, without checking a claim.

    Raises: SheetError where a line is unread, or a value is undefined.
    """
    sheet = Sheet()
    for statement in statements:
        if isinstance(statement, Unread):
            raise statement.error
        if isinstance(statement, (Definition, Given)):
            for _ in sheet.execute(replace(statement, claims=())):
                pass
    return {name: value for name, value in sheet.scene.values.items() if name.isidentifier()}


def _in_python_file(file: str) -> GraphSource:
    path, _, name = (file, "", "") if file.endswith(".py") else file.rpartition(":")
    variables = run_file(path)
    found = {known: value for known, value in variables.items() if isinstance(value, Value)}
    if not name:
        order = topological_order(found.values())
        used = {id(operand) for value in order for operand in value.operands}
        results = [known for known, value in found.items() if value.op and id(value) not in used]
        if not results:
            raise CommandError(f"{path} computes no Value that has a name, such as loss")
        name = results[-1]
    if name not in variables:
        raise CommandError(f"{path} has no {name!r}; its Values are {', '.join(found) or 'none'}")
    root = variables[name]
    if not isinstance(root, Value):
        raise CommandError(
            f"{name} in {path} is of type {type(root).__name__}, expected a Value; "
            f"the Values in the file are {', '.join(found) or 'none'}"
        )
    label_variables(variables)
    names = Names(root)
    values = {name: root, **{names(value): value for value in names.values}}
    leaves = [value for value in names.values if value.op is None and value.label]
    return GraphSource(name, root, values, by_name(leaves, name_of))


def run_file(path: str) -> dict[str, Any]:
    """The variables of the Python file at `path`, after it has run as `python3 path` would run it.

    Raises: CommandError.
    """
    if not os.path.isfile(path):
        raise CommandError(f"there is no file {path!r}")
    folder = os.path.dirname(os.path.abspath(path))
    module = ModuleType("__main__")
    module.__file__ = path
    try:
        code = compile(Path(path).read_bytes(), path, "exec")
        with _as_main(module, [path], folder):
            exec(code, module.__dict__)
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise CommandError(f"{error.filename or path}{line}: {error.msg}") from None
    except (Exception, SystemExit) as error:
        if isinstance(error, SystemExit) and not error.code:
            return vars(module)
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == path
        ]
        where = f"{path}, line {lines[-1]}" if lines else path
        said = f"{type(error).__name__}: {error}{advice(error, folder)}"
        raise CommandError(f"{where}: {said}") from None
    return vars(module)


def advice(error: BaseException, folder: str = "") -> str:
    """The import to write, where a file misses micrograd or its own nn hides the package."""
    if isinstance(error, ModuleNotFoundError) and f"{error.name}.".startswith("micrograd."):
        return f"; write autograd_mini.{error.name}, which has the same names"
    hidden = (
        folder
        and isinstance(error, (ImportError, AttributeError))
        and re.search(r"'nn\b", str(error))
    )
    if hidden and _has_own_nn(folder):
        return f"; nn is in {folder}: write autograd_mini.nn for the package"
    return ""


def _has_own_nn(folder: str) -> bool:
    return any(os.path.exists(os.path.join(folder, name)) for name in ("nn.py", "nn"))


@contextmanager
def _as_main(module: ModuleType, arguments: list[str], folder: str) -> Iterator[None]:
    """Make `module` the main module, with its arguments, its folder and its package nn."""
    before = sys.argv, sys.modules["__main__"]
    ours = {}
    if _has_own_nn(folder):
        names = [name for name in sys.modules if name == "nn" or name.startswith("nn.")]
        ours = {name: sys.modules.pop(name) for name in names}
    sys.argv, sys.modules["__main__"] = arguments, module
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.argv, sys.modules["__main__"] = before
        sys.modules.update(ours)
