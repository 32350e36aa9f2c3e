"""The rings of the packages: which module may import which, and how long a module may be."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
from argparse import _SubParsersAction
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import autograd_mini
import nn
from autograd_mini.cli.command import parser

ROOT = Path(__file__).parent.parent
PACKAGES = [Path(package.__file__ or "").parent for package in (autograd_mini, nn)]

# Each package of autograd_mini, and the packages that its modules may import beside their own.
# Ring 1 is the engine, its extensions and its symbols; ring 2 explains, checks and draws; ring 3
# compiles.
RINGS: dict[str, set[str]] = {
    "engine": set(),
    "extensions": {"engine"},
    "symbols": {"engine"},
    "derivation": {"engine", "symbols"},
    "checking": {"engine", "symbols"},
    "decks": {"engine", "symbols", "checking"},
    "drawing": {"engine", "symbols"},
    "classroom": {"engine", "symbols", "checking"},
    "compiler": {"engine", "extensions", "symbols"},
    "lectures": set(),
}

# A public module that imports nothing of ours; every ring and nn may import it.
BELOW = {"files", "hints"}

# These stand around the rings: they may import every ring, and no ring imports them.
AROUND = {"__init__", "__main__", "cli", "micrograd", "nn", "playground"}

# Third-party packages. A module imports them inside the function that needs them.
OPTIONAL = {"anywidget", "argcomplete", "cairosvg", "graphviz", "numpy", "traitlets"}

# Only the third-party package that a plugin extends imports it, so it may import that at the top.
PLUGINS = {
    "autograd_mini.checking.sheets.plugin": "pytest",
    "autograd_mini.decks.plugin": "pytest",
}

# The longest a module may be; CONTRIBUTING.md states the number.
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
(LONGEST,) = map(int, re.findall(r"at most (\d+)\s+lines", CONTRIBUTING))


def modules(package: Path) -> Iterator[tuple[str, Path]]:
    """Every module of a package: its dotted name and its file."""
    for path in sorted(package.rglob("*.py")):
        yield ".".join(path.relative_to(package.parent).with_suffix("").parts), path


MODULES = dict(entry for package in PACKAGES for entry in modules(package))


class Import:
    """One imported name. It is late if the import stands inside a function."""

    def __init__(self, module: str, name: str, late: bool) -> None:
        self.module = module
        self.name = name
        self.late = late

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    def __repr__(self) -> str:
        return f"from {self.module} import {self.name}" if self.name else f"import {self.module}"


@cache
def tree(name: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


@cache
def imports(name: str) -> list[Import]:
    """The imports of a module, except those for type checkers only."""

    def walk(nodes: list[ast.stmt], late: bool) -> Iterator[Import]:
        for node in nodes:
            if isinstance(node, ast.Import):
                yield from (Import(alias.name, "", late) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if node.level:
                    package = name.removesuffix(".__init__").split(".")
                    above = node.level - name.endswith(".__init__")
                    module = ".".join([*package[: len(package) - above], module]).strip(".")
                for alias in node.names:
                    yield Import(module, alias.name, late)
            elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                yield from walk(node.orelse, late)
            else:
                inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.stmt):
                        yield from walk([child], late or inside)
                    elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
                        yield from walk(child.body, late or inside)

    return list(walk(tree(name).body, late=False))


def imported_modules(name: str) -> set[str]:
    """The modules of both packages that a module imports, at the top or late."""
    found = set()
    for imported in imports(name):
        for dotted in (f"{imported.module}.{imported.name}", imported.module):
            module = dotted if dotted in MODULES else f"{dotted}.__init__"
            if module in MODULES:
                found.add(module)
                break
    return found - {name}


def place(module: str) -> str:
    """The first part of a module's name inside autograd_mini; "nn" for the modules of nn."""
    package, _, inside = module.partition(".")
    return package if package == "nn" else inside.partition(".")[0]


def test_imports_finds_every_import_statement_of_every_module() -> None:
    """An import is found at the top, in a function and in a try block."""

    def counted(part: ast.AST) -> int:
        nodes = (n for n in ast.walk(part) if isinstance(n, (ast.Import, ast.ImportFrom)))
        return sum(len(node.names) for node in nodes)

    for name in MODULES:
        for_type_checkers = sum(
            counted(statement)
            for block in ast.walk(tree(name))
            if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
            for statement in block.body
        )
        assert len(imports(name)) == counted(tree(name)) - for_type_checkers, name


def test_every_module_stands_in_a_ring_or_around_the_rings() -> None:
    assert {place(name) for name in MODULES} == {*RINGS, *BELOW, *AROUND, "nn"}


def test_a_module_imports_only_from_rings_below_it_and_from_its_own_package() -> None:
    assert [
        f"{name} imports {imported}"
        for name in MODULES
        if place(name) in RINGS
        for imported in sorted(imported_modules(name))
        if place(imported) not in {place(name), *BELOW, *RINGS[place(name)]}
    ] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Remove the modules that import no remaining module; the rest, if any, contains a circle."""
    remaining = {name: imported_modules(name) for name in MODULES}
    while free := [name for name, needed in remaining.items() if not needed & set(remaining)]:
        for name in free:
            del remaining[name]
    assert sorted(remaining) == []


def test_only_the_command_and_micrograds_names_import_nn_into_autograd_mini() -> None:
    """By the name autograd_mini.nn, which no file of a user hides."""
    found = [
        (place(name), imported)
        for name in MODULES
        if name.startswith("autograd_mini.") and place(name) != "playground"
        for imported in imports(name)
        if "nn"
        in (imported.package, place(imported.module), place(f"{imported.module}.{imported.name}"))
    ]
    assert {place for place, _ in found} == {"cli", "micrograd"}
    assert {imported.package for _, imported in found} == {"autograd_mini"}


def test_nn_uses_only_the_public_names_of_autograd_mini() -> None:
    used = [
        (name, imported)
        for name in MODULES
        if name.startswith("nn.")
        for imported in imports(name)
        if imported.package == "autograd_mini"
    ]
    assert used
    for name, imported in used:
        if imported.module.removeprefix("autograd_mini.") in BELOW:
            continue
        assert imported.module == "autograd_mini", f"{name}: {imported}"
        assert not imported.name.startswith("_"), f"{name}: {imported}"
        assert hasattr(autograd_mini, imported.name), f"{name}: {imported}"


def test_third_party_packages_are_imported_only_inside_functions() -> None:
    known = {"autograd_mini", "nn", *sys.stdlib_module_names}
    assert [
        f"{name}: {imported}"
        for name in MODULES
        for imported in imports(name)
        if imported.package not in known
        and not (imported.late and imported.package in OPTIONAL)
        and PLUGINS.get(name) != imported.package
    ] == []


def test_both_packages_are_imported_with_the_standard_library_alone() -> None:
    """The interpreter sees no installed package. Importing autograd_mini does not load drawing."""
    folders = {str(package.parent) for package in PACKAGES}
    program = f"""
import sys
sys.path[:0] = {sorted(folders)!r}
import autograd_mini
assert "nn" not in sys.modules
assert "autograd_mini.drawing" not in sys.modules
import nn
loaded = {{name.partition(".")[0] for name in sys.modules}}
print(loaded - set(sys.stdlib_module_names) - {{"__main__", "autograd_mini", "nn"}} or "alone")
"""
    command = [sys.executable, "-I", "-S", "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("alone\n", "")


def lengths() -> dict[str, int]:
    """The number of lines of every module, in Python, JavaScript, CSS or HTML; longest first."""
    lines = {
        str(path.relative_to(package.parent)): len(path.read_text("utf-8").splitlines())
        for package in PACKAGES
        for suffix in (".py", ".js", ".css", ".html")
        for path in package.rglob(f"*{suffix}")
    }
    return dict(sorted(lines.items(), key=lambda entry: -entry[1]))


def test_a_name_of_a_class_has_one_meaning() -> None:
    places: dict[str, list[str]] = {}
    for module in MODULES:
        for node in tree(module).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_module_is_longer_than_contributing_allows() -> None:
    table = lengths()
    assert sum(path.endswith(".js") for path in table) >= 10
    longest = {path: number for path, number in table.items() if number > LONGEST}
    assert not longest, f"a module may have at most {LONGEST} lines; all modules:\n" + "\n".join(
        f"{number:6} {path}" for path, number in [*table.items(), ("in all", sum(table.values()))]
    )


SIZE = runpy.run_path(str(ROOT / ".ci" / "size.py"))


def test_the_size_budget_counts_neither_comments_nor_docstrings_nor_imports() -> None:
    module = [
        '"""A docstring',
        'of two lines."""',
        "",
        "from math import (",
        "    tau,",
        ")",
        "# A comment.",
        "def turn() -> str:",
        '    "A docstring."',
        "    text = '''two",
        "    lines'''  # with a comment",
        "    return text",
    ]
    assert SIZE["python_lines"]("\n".join(module)) == 4
    script = ["// A comment.", "/* Another,", "of two lines. */", "", "import x;", "const y = 1;"]
    assert SIZE["other_lines"]("\n".join(script)) == 1


def test_every_ring_has_a_size_budget() -> None:
    rings = {f"autograd_mini/{package}" for package in {*RINGS, "cli", "micrograd", "playground"}}
    assert set(SIZE["BUDGETS"]) == {*rings, "autograd_mini", "native", "nn"}


def test_the_map_in_contributing_has_every_package() -> None:
    _, _, after = CONTRIBUTING.partition("## The map")
    listed = re.findall(r"^  (\w+)(?:/|\.py) ", after.partition("\nnn/")[0], re.MULTILINE)
    assert sorted(listed) == sorted({place(name) for name in MODULES} - {"__init__", "__main__"})


def test_each_subcommand_has_a_module_of_its_name() -> None:
    """`autograd-mini check` is autograd_mini/cli/check.py; import is a keyword."""
    (commands,) = (each for each in parser()._actions if isinstance(each, _SubParsersAction))
    for name, subparser in commands.choices.items():
        module = "import_deck" if name == "import" else name
        assert subparser.get_default("run").__module__ == f"autograd_mini.cli.{module}"
