"""The site, by Sphinx: `sphinx-build -W docs build/site`.

A page says `<!-- made: NAME -->` where a function of `MADE` writes; nothing that stands in the code
is written a second time.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from pygments.lexers import TextLexer
from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import module_map  # noqa: E402

import autograd_mini  # noqa: E402
import nn  # noqa: E402
from autograd_mini.cli.command import parser  # noqa: E402
from autograd_mini.drawing.palette import POSITIVE  # noqa: E402
from autograd_mini.engine.operation import TABLE, Operation  # noqa: E402

project = "autograd_mini"
version = release = autograd_mini.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns: list[str] = []

html_theme = "furo"
html_title = project
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
_colours = {"color-brand-primary": POSITIVE, "color-brand-content": POSITIVE}
html_theme_options = {"light_css_variables": _colours, "dark_css_variables": {}}

# Docstrings are nearly plain text: what stands in `single quotes` is code.
default_role = "code"
smartquotes = False
highlight_language = "none"  # of a fence that names no language
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
add_module_names = False

myst_heading_anchors = 3


def operations() -> str:
    """The table of operations."""
    lines = ["| name | z | dz/dx | dz/dy | kink |", "|---|---|---|---|---|"]
    for row in TABLE.values():
        partials = [*row.partials, ""][:2]
        cells = [row.value, *partials, f"{row.kink} = 0" if row.kink else ""]
        lines.append(f"| `{row.name}` | " + " | ".join(f"`{c}`" if c else "" for c in cells) + " |")
    return "\n".join(lines)


def public(package: ModuleType) -> str:
    """What a package offers, by the modules it comes from, each with its documentation."""
    chapters: dict[str, list[str]] = {}
    for name in vars(package)["__all__"]:
        thing = getattr(package, name)
        if not isinstance(thing, Operation) and hasattr(thing, "__qualname__"):
            chapters.setdefault(thing.__module__.split(".")[1], []).append(name)
    written: list[str] = []
    for inside, names in sorted(chapters.items(), key=lambda chapter: chapter[0] != "value"):
        module = sys.modules[f"{package.__name__}.{inside}"]
        written += [f"## {inside}", f"{inspect.getdoc(module)}".partition("\n\n")[0]]
        for name in names:
            thing = getattr(package, name)
            kind = "function"
            if inspect.isclass(thing):
                kind = "exception" if issubclass(thing, Exception) else "class"
            members = "\n   :members:" if kind != "function" else ""
            if thing is autograd_mini.Value:  # the operations have a page of their own
                members += f"\n   :exclude-members: {', '.join(TABLE)}"
            directive = f".. auto{kind}:: {package.__name__}.{name}{members}"
            written.append(f"```{{eval-rst}}\n{directive}\n```")
    return "\n\n".join(written)


def commands() -> str:
    """What each command says with --help."""

    def helped(command: argparse.ArgumentParser) -> Iterator[str]:
        yield f"```text\n{command.format_help().rstrip()}\n```"
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, inner in action.choices.items():
                    yield f"## {name}"
                    yield from helped(inner)

    return "\n\n".join(helped(parser()))


MADE: dict[str, Callable[[], str]] = {
    "operations": operations,
    "autograd_mini": lambda: public(autograd_mini),
    "nn": lambda: public(nn),
    "commands": commands,
    "map": module_map.svg,
}


def fill_in(app: Sphinx, name: str, source: list[str]) -> None:
    source[0] = re.sub(r"<!-- made: (\w+) -->", lambda found: MADE[found[1]](), source[0])


def list_parts(
    app: Sphinx, what: str, name: str, thing: object, of: object, lines: list[str]
) -> None:
    """Docstrings tell parameters in lines such as `rate: of learning`: a list of them."""
    written: list[str] = []
    is_listed = False
    for line in lines:
        part = re.match(r"(\w+(?:, \w+)*): (?=.)", line)
        if part and part[1] not in ("Raises", "Source"):
            written += [] if is_listed else [""]
            written.append(f"- ``{part[1]}``: {line[part.end() :]}")
            is_listed = True
        elif is_listed and line.strip():
            written.append(f"  {line.strip()}")
        else:
            written.append(line)
            is_listed = False
    lines[:] = [line for line in written if not line.startswith("Alias for field number")]


def write_pages(app: Sphinx, error: Exception | None) -> None:
    """Pages to explore, made as a user makes them."""
    if error is None and app.builder.format == "html":
        network = nn.two_two_two()
        E = network.forward()
        E.backward()
        autograd_mini.draw(E).save(app.outdir / "explore.html")
        autograd_mini.draw(E, quiz=("gradients",)).save(app.outdir / "quiz.html")


def setup(app: Sphinx) -> None:
    app.add_lexer("derivation", TextLexer)
    app.connect("source-read", fill_in)
    app.connect("autodoc-process-docstring", list_parts)
    app.connect("build-finished", write_pages)
