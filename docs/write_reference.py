"""Write the pages of docs/reference that list what the code offers, and the list of modules.

    python docs/write_reference.py

The text comes from the docstrings, the table of operations and the command's parser.
tests/test_documentation.py fails while a page differs from the code.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import autograd_mini  # noqa: E402
import nn  # noqa: E402
from autograd_mini.cli.command import parser  # noqa: E402
from autograd_mini.engine.operation import TABLE, Operation  # noqa: E402

WIDTH = 96

# The modules whose names come first, in this order.
FIRST = [
    "value",
    "scopes",
    "labels",
    "grad",
    "transforms",
    "graph",
    "composites",
    "own_operations",
]

# The packages of autograd_mini with public names, in reading order, each with its heading.
PACKAGES = {
    "engine": "Record and differentiate",
    "derivation": "Explain",
    "drawing": "Draw",
    "checking": "Check",
    "compiler": "Compile",
}

# The engine's section also has the functions of these, which build on it.
ON_ENGINE = {"extensions", "symbols"}

ABOUT_AUTOGRAD_MINI = """\
# autograd_mini

The public names of the package, from their docstrings. `tanh`, `exp` and the other operations are
functions and methods of `Value` alike; [the table of operations](operations.md) lists them.

```python
>>> from autograd_mini import *
>>> import autograd_mini

```"""

ABOUT_NN = """\
# nn

Networks of Values: the public names of the package, from their docstrings.

```python
>>> from autograd_mini import Value, log
>>> from nn import *

```"""

ABOUT_OPERATIONS = """\
# The table of operations

`x` and `y` are the operands, `z` is the result. Each row is a function of `autograd_mini`, a method
of `Value`, and a function that derivation sheets and formulas know. The last column says where the
operation has a kink.

"""

ABOUT_NEW_OPERATIONS = """\

`operation` adds a row. Everything that reads the table then knows the operation: derivatives of
every order, explanations, drawings, compiled programs.

```python
>>> from autograd_mini import Value, operation
>>> swish = operation("swish", "x * sigmoid(x)", "sigmoid(x) + z * (1 - sigmoid(x))")
>>> x = Value(1.0)
>>> swish(x).backward()
>>> round(x.grad, 6)
0.927671

```
"""

ABOUT_COMMAND = """\
# The command

`autograd-mini`, or `python3 -m autograd_mini` where nothing is installed. A command exits with
status 0; with 1 if a derivation has something wrong; with 2 if the arguments or a file cannot be
used, after a message that says what to change.

A shell completes subcommands and options after `pip install 'autograd-mini[completion]'` and, in
its startup file, `eval "$(register-python-argcomplete autograd-mini)"`.
"""


ABOUT_MODULES = """\
# Every module

The modules by folder, the engine first, each with the first sentence of its docstring. Search this
page for a word of your question.
"""

# The packages of autograd_mini in the order of the rings; others follow by name.
RINGS = [
    "engine",
    "extensions",
    "symbols",
    "derivation",
    "drawing",
    "checking",
    "decks",
    "classroom",
    "compiler",
]


def operations() -> str:
    """The table of operations, as a Markdown table."""
    lines = ["| name | z | dz/dx | dz/dy | kink |", "|---|---|---|---|---|"]
    for row in TABLE.values():
        cells = [row.value, *[*row.partials, ""][:2], f"{row.kink} = 0" if row.kink else ""]
        code = " | ".join(f"`{cell}`" if cell else "" for cell in cells)
        lines.append(f"| `{row.name}` | {code} |")
    return ABOUT_OPERATIONS + "\n".join(lines) + "\n" + ABOUT_NEW_OPERATIONS


class Unquoted(str):
    """An annotation or a default that a signature shows without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def signature(name: str, thing: object) -> str:
    """How a function or class is called, with types, over several lines if it is long."""
    try:
        found = inspect.signature(thing)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""

    def plain(annotation: object) -> object:
        annotation = getattr(annotation, "__forward_arg__", annotation)
        return Unquoted(annotation) if isinstance(annotation, str) else annotation

    def default(value: object) -> object:
        """A function by its name, since its repr has an address."""
        if not isinstance(value, FunctionType):
            return value
        return Unquoted("..." if "<locals>" in value.__qualname__ else value.__name__)

    parameters = [
        each.replace(annotation=plain(each.annotation), default=default(each.default))
        for each in found.parameters.values()
        if each.name != "self"
    ]
    returned = found.empty if inspect.isclass(thing) else plain(found.return_annotation)
    text = name + str(found.replace(parameters=parameters, return_annotation=returned))
    lines = textwrap.wrap(
        text, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(["```python", *lines, "```"])


def markdown(docstring: str) -> str:
    """A docstring as Markdown: examples become fenced blocks, explained parameters a list."""
    written: list[str] = []
    for paragraph in docstring.split("\n\n"):
        if paragraph.lstrip().startswith(">>>"):
            example = textwrap.dedent(paragraph)
            if written and written[-1].endswith("\n\n```") and written[-1].startswith("```python"):
                written[-1] = written[-1].removesuffix("\n```") + f"{example}\n\n```"
            else:
                written.append(f"```python\n{example}\n\n```")
            continue
        lines: list[str] = []
        in_list = False
        for line in paragraph.split("\n"):
            part = re.match(r"(\w+(?:, \w+)*): (?=.)", line)
            if part and part[1] not in ("Raises", "Source"):
                lines += [] if in_list or not lines else [""]
                lines.append(f"- `{part[1]}`: {line[part.end() :]}")
                in_list = True
            elif in_list:
                lines.append(f"  {line.strip()}")
            else:
                lines.append(line)
        written.append("\n".join(lines))
    return "\n\n".join(written)


def members(thing: type) -> Iterator[tuple[str, object]]:
    """The public methods and properties of a class, without those of the table.

    `data` is left to the docstring of Value, since it is a property in one engine only.
    """
    for name, member in vars(thing).items():
        if name.startswith("_") or (thing is autograd_mini.Value and name in {"data", *TABLE}):
            continue
        if isinstance(member, (classmethod, staticmethod)):
            member = member.__func__
        if isinstance(member, (FunctionType, property)) and inspect.getdoc(member):
            yield name, member


def entry(name: str, thing: object) -> str:
    """One public name: how it is called, its docstring, and its members if it is a class."""
    parts = [f"### {name}", signature(name.rpartition(".")[2], thing)]
    parts.append(markdown(inspect.getdoc(thing) or ""))
    if inspect.isclass(thing):
        for inner, member in members(thing):
            parts.append(f"#### {thing.__name__}.{inner}")
            if not isinstance(member, property):
                parts.append(signature(inner, member))
            parts.append(markdown(inspect.getdoc(member) or ""))
    return "\n\n".join(part for part in parts if part)


def introduction(module: ModuleType) -> str:
    """The first paragraph of a module's docstring."""
    return (inspect.getdoc(module) or "").partition("\n\n")[0]


def is_documented(thing: object) -> bool:
    """Whether a public object has an entry here; operations have a page, constants have none."""
    return hasattr(thing, "__qualname__") and not isinstance(thing, Operation)


def section(thing: object) -> str:
    """The package under which a public object of autograd_mini is listed."""
    package = thing.__module__.split(".")[1]
    return "engine" if package in ON_ENGINE else package


def place(named: tuple[str, object]) -> int:
    """The place of an entry in its section: by its module, else in the order of `__all__`."""
    module = getattr(named[1], "__module__", "").rpartition(".")[2]
    return FIRST.index(module) if module in FIRST else len(FIRST)


def autograd_mini_page() -> str:
    """The public names of autograd_mini by package, then those of the package alone."""
    written = [ABOUT_AUTOGRAD_MINI]
    for package, heading in PACKAGES.items():
        public = {name: getattr(autograd_mini, name) for name in autograd_mini.__all__}
        inside = sys.modules[f"autograd_mini.{package}"]
        entries = {
            name: thing
            for name, thing in public.items()
            if is_documented(thing) and section(thing) == package
        }
        for name in getattr(inside, "__all__", []):
            thing = getattr(inside, name)
            if name not in public and is_documented(thing):
                entries[f"autograd_mini.{package}.{name}"] = thing
        written += [f"## {heading}", introduction(inside)]
        more = [name.rpartition(".")[2] for name in entries if "." in name]
        if more:
            line = f">>> from autograd_mini.{package} import {', '.join(more)}"
            written.append(f"```python\n{line}\n\n```")
        written += [entry(name, thing) for name, thing in sorted(entries.items(), key=place)]
    return "\n\n".join(written) + "\n"


def nn_page() -> str:
    """The public names of nn, by module."""
    chapters: dict[str, list[str]] = {}
    for name in nn.__all__:
        thing = getattr(nn, name)
        if is_documented(thing):
            chapters.setdefault(thing.__module__, []).append(name)
    written = [ABOUT_NN]
    for module, names in sorted(chapters.items()):
        written += [f"## {module}", introduction(sys.modules[module])]
        written += [entry(name, getattr(nn, name)) for name in names]
    return "\n\n".join(written) + "\n"


def argument(action: argparse.Action) -> str:
    """One row of the table of a command's arguments."""
    takes = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
    if action.choices and not action.metavar:
        takes = "{" + ",".join(map(str, action.choices)) + "}"
    names = ", ".join(f"{option} {takes}".strip() for option in action.option_strings)
    meaning = (action.help or "") % {**vars(action), "prog": "autograd-mini"}
    return f"| `{names or takes}` | {' '.join(meaning.split())} |".replace("||", "| |")


def commands() -> str:
    """Every command, with its description and its arguments."""

    def described(command: argparse.ArgumentParser) -> Iterator[str]:
        if command.description:
            yield textwrap.fill(command.description, WIDTH)
        rows = [
            argument(action)
            for action in command._actions
            if not isinstance(action, argparse._SubParsersAction)
        ]
        yield "\n".join(["| argument | meaning |", "|---|---|", *rows])
        if command.epilog:
            yield f"```text\n{command.epilog.rstrip()}\n```"

    whole = parser()
    written = [ABOUT_COMMAND.rstrip(), *described(whole)]
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                written += [f"## {name}", *described(inner)]
    return "\n\n".join(written) + "\n"


def purpose(path: Path) -> str:
    """The first paragraph of a module's docstring, or the first comment of JavaScript."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        comment = re.match(r"(?:// .*\n)*?// .*\.\n", text)
        paragraph = comment[0].replace("// ", "") if comment else ""
    else:
        paragraph = (ast.get_docstring(ast.parse(text)) or "").partition("\n\n")[0]
    assert paragraph, f"{path} begins with no sentence that says what it is for"
    return " ".join(paragraph.split())


def modules() -> str:
    """Every module of both packages, by folder."""

    def ring(folder: Path) -> tuple[int, Path]:
        _, *inside = folder.relative_to(ROOT).parts
        known = folder.is_relative_to(ROOT / "autograd_mini") and inside and inside[0] in RINGS
        return RINGS.index(inside[0]) if known else len(RINGS), folder

    written = [ABOUT_MODULES.rstrip()]
    packages = [
        path.parent
        for name in ("autograd_mini", "nn")
        for path in (ROOT / name).rglob("__init__.py")
    ]
    for folder in sorted(packages, key=ring):
        files = sorted(path for path in folder.iterdir() if path.suffix in (".py", ".js"))
        rows = [f"| `{path.name}` | {purpose(path)} |" for path in files if path.stem != "__init__"]
        written += [f"## {folder.relative_to(ROOT)}", purpose(folder / "__init__.py")]
        written += ["\n".join(["| module | purpose |", "|---|---|", *rows])] if rows else []
    return "\n\n".join(written) + "\n"


def pages() -> dict[Path, str]:
    """The text that each page should have."""
    reference = HERE / "reference"
    return {
        reference / "autograd_mini.md": autograd_mini_page(),
        reference / "nn.md": nn_page(),
        reference / "operations.md": operations(),
        reference / "command.md": commands(),
        HERE / "architecture" / "modules.md": modules(),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path)
