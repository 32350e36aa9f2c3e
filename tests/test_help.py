"""The texts of help() and the offers of completion, including generated methods."""

import inspect
import pydoc
import rlcompleter
import subprocess
import sys

import pytest

import autograd_mini
import nn
from autograd_mini import Value
from autograd_mini.engine.operation import TABLE, Operation

ROWS = {name: row for name, row in TABLE.items() if hasattr(autograd_mini, name)}

# The row that each operator records; 2 + x is __radd__.
OPERATORS = {
    "__add__": "add",
    "__radd__": "add",
    "__sub__": "sub",
    "__rsub__": "sub",
    "__mul__": "mul",
    "__rmul__": "mul",
    "__truediv__": "div",
    "__rtruediv__": "div",
    "__pow__": "pow",
    "__rpow__": "pow",
    "__neg__": "neg",
    "__abs__": "abs",
}


# Rows with the name of a builtin, which `from autograd_mini import *` must not replace.
BUILTINS = {"abs", "pow"}


def shown(thing: object) -> str:
    """The text that help(thing) prints."""
    return pydoc.render_doc(thing, renderer=pydoc.plaintext)


def completed(text: str, **names: object) -> set[str]:
    """The completions of `text` in the interactive interpreter."""
    completer = rlcompleter.Completer(names)
    found = iter(lambda: completer.complete(text, len(offered)), None)
    offered: list[str] = []
    for each in found:
        offered.append(each.rstrip("()"))
    return set(offered)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_is_shown_with_its_rules_as_a_function_and_as_a_method(row: Operation) -> None:
    rules = [f"z = {row.value}"] + [
        f"dz/d{operand} = {partial}" for operand, partial in zip("xy", row.partials)
    ]
    method = getattr(Value, row.name)
    assert inspect.getdoc(method) == inspect.getdoc(row)
    for rule in rules:
        assert f"    {rule}\n" in shown(row)
        assert f"    {rule}\n" in shown(method)
    assert shown(method).splitlines()[2].startswith(f"{row.name}(self")


@pytest.mark.parametrize(("name", "row"), OPERATORS.items(), ids=OPERATORS)
def test_an_operator_is_shown_with_its_rules(name: str, row: str) -> None:
    operator = getattr(Value, name)
    assert inspect.getdoc(operator) == inspect.getdoc(TABLE[row])
    assert operator.__name__ in (name, row)


def test_help_of_the_rules_of_tanh() -> None:
    assert inspect.getdoc(autograd_mini.tanh) == "z = tanh(x)\ndz/dx = 1 - z * z"
    assert shown(Value.tanh).splitlines()[2:] == [
        "tanh(self, /)",
        "    z = tanh(x)",
        "    dz/dx = 1 - z * z",
    ]


@pytest.mark.parametrize("name", ["mul", "__mul__", "__rmul__"])
def test_the_methods_of_both_engines_take_the_other_operand_by_position(name: str) -> None:
    assert str(inspect.signature(getattr(Value, name))) == "(self, other, /)"


def test_help_of_a_value_tells_about_values() -> None:
    assert inspect.getdoc(Value(1.0)) == inspect.getdoc(Value)
    assert " |  A scalar in a computation graph.\n" in shown(Value(1.0))


@pytest.mark.parametrize("package", [autograd_mini, nn], ids=lambda package: package.__name__)
def test_help_of_a_package_lists_what_it_offers(package: object) -> None:
    """help() lists each name of `__all__`, and each has a docstring."""
    names = getattr(package, "__all__")  # noqa: B009  unknown to type checkers
    listing = shown(package)
    for name in names:
        thing = getattr(package, name)
        assert inspect.getdoc(thing), name
        assert f"\n    {name}" in listing or f"\n    class {name}(" in listing, name


def test_all_names_are_public_ones_of_the_package() -> None:
    names = set(autograd_mini.__all__)
    assert {"Value", "grad", "draw", "explain", "check_printed", "compile_graph"} < names
    assert ROWS.keys() - BUILTINS < names
    assert names.isdisjoint(BUILTINS)
    assert not {"Any", "TYPE_CHECKING", "import_module", "value", "ops"} & names


def test_methods_of_public_classes_have_docstrings() -> None:
    """Checks public methods and properties that the class itself defines."""
    silent = {
        f"{package.__name__}.{name}.{attribute}"
        for package in (autograd_mini, nn)
        for name in getattr(package, "__all__")  # noqa: B009
        if inspect.isclass(thing := getattr(package, name))
        for attribute, member in vars(thing).items()
        if not attribute.startswith("_")
        and (callable(member) or isinstance(member, property))
        and not inspect.getdoc(member)
    }
    assert silent == set()


def test_completion_offers_methods_and_functions() -> None:
    assert {"x.tan", "x.tanh"} <= completed("x.tan", x=Value(1.0))
    assert {f"x.{name}" for name in ROWS} <= completed("x.", x=Value(1.0))
    offered = completed("autograd_mini.", autograd_mini=autograd_mini)
    public = {*autograd_mini.__all__, *BUILTINS}
    assert offered == {f"autograd_mini.{name}" for name in public}
    dunder = completed("autograd_mini.__v", autograd_mini=autograd_mini)
    assert dunder == {"autograd_mini.__version__"}
    assert {f"nn.{name}" for name in nn.__all__} <= completed("nn.", nn=nn)


def test_a_star_import_gives_public_names_and_keeps_builtins() -> None:
    """Runs in a separate process."""
    program = "from autograd_mini import *; print(draw(Value(2.0) * tanh(1)) and pow(2, 3, 5))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("3\n", "")
