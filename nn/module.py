"""Module: anything with parameters, from a neuron to a network of your own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf, isfinite
from numbers import Real
from os import fspath
from os.path import exists, isfile
from typing import TYPE_CHECKING, Any

from autograd_mini import Value
from autograd_mini.files import FilePath, write_file
from autograd_mini.hints import MODULE, missing


class Module:
    """Base of every network: finds, names, saves and loads the values a subclass holds.

    A value belongs to a module if it is a leaf (no operation made it) and is reached from the
    module's attributes: as one of them, in a list, tuple, dict or array of NumPy, or in a module
    found there. Its name is the way to it. Attributes that begin with an underscore are left alone.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.intercept = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.intercept
    >>> Line().state_dict()
    {'slope': 2.0, 'intercept': 1.0}
    """

    # Only declared: a subclass defines its arguments and results.
    if TYPE_CHECKING:
        __call__: Callable[..., Value | list[Value]]
    else:

        def __call__(self, *inputs):
            name = type(self).__name__
            raise NotImplementedError(
                f"{name} needs a method __call__(inputs), which PyTorch's modules call forward"
            )

        def __getattr__(self, name):
            raise missing(type(self).__name__, name, MODULE)

    fixed: tuple[str, ...] = ()
    """Names of attributes whose values are saved and loaded, but not trained."""

    def parameters(self) -> list[Value]:
        """The values to train, each once, also if it is shared."""
        return [value for _, value in self.named_parameters()]

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The values to train with their names, such as `layers.0.neurons.1.w.0`."""
        found = list(_walk(self, "", False, set()))
        fixed = {id(value) for _, value, is_fixed in found if is_fixed}
        return _each_once([(name, value) for name, value, _ in found if id(value) not in fixed])

    def named_values(self) -> list[tuple[str, Value]]:
        """All values with their names, trained or fixed; a shared one under its first name."""
        return _each_once([(name, value) for name, value, _ in _walk(self, "", False, set())])

    def zero_grad(self) -> None:
        """Set every gradient to 0, as is due before each `backward()`."""
        for value in every_value(self):
            value.grad = 0.0

    def state_dict(self) -> dict[str, float]:
        """The data of all its values by name.

        Raises: ValueError if two values have the same name, as those of {"a.b": v} and of b in a;
        TypeError if the data of one was set to an object that is not a number.
        """
        return {name: _number(name, value.data) for name, value in _by_name(self).items()}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Take over the data of a `state_dict()`; on an error nothing is changed.

        Raises: ValueError if the names are not this module's or a number is not finite;
        TypeError if something is not a number.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict of names and numbers, not {state!r:.50}")
        values = _by_name(self)
        _check_names(values, state)
        numbers = {name: _finite(name, state[name]) for name in values}
        for name, value in values.items():
            value.data = numbers[name]

    def save(self, path: FilePath) -> None:
        """Write the `state_dict()` to a JSON file, which is replaced in one step.

        Raises: ValueError if a value is nan or infinite; OSError if the file cannot be written.
        """
        import json  # imported late, because most programs save nothing

        values = {name: _finite(name, x) for name, x in self.state_dict().items()}
        content = {"format": FORMAT, "version": VERSION, "values": values}
        write_file(path, (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())

    def load(self, path: FilePath) -> None:
        """Take over the numbers of a file that `save()` wrote; on an error nothing is changed.

        Raises: OSError if the file cannot be read; ValueError if it does not fit.
        """
        # Room for the names, 17 digits each, and an editor's indentation.
        limit = 10_000 + sum(len(name) + 200 for name in self.state_dict())
        values = _read_values(path, limit)
        try:
            self.load_state_dict(values)
        except (TypeError, ValueError) as error:
            raise ValueError(f"cannot load {fspath(path)!r}: {error}") from None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.parameters())} parameters)"


def _by_name(module: Module) -> dict[str, Value]:
    """Raises: ValueError if two values have the same name, so that one would be lost."""
    values: dict[str, Value] = {}
    for name, value in module.named_values():
        if name in values:
            raise ValueError(
                f"two values of this module are called {name!r}, and a state holds one of each "
                "name: rename an attribute or a key of a dict"
            )
        values[name] = value
    return values


def every_value(module: Module) -> list[Value]:
    """Trained or fixed, each once, whether it has a name or only `parameters()` knows it.

    Both, because a subclass may define `parameters()` itself, and fixed values are not in it.
    """
    found = [*module.parameters(), *(value for _, value in module.named_values())]
    return list({id(value): value for value in found}.values())


def _walk(
    found: object, name: str, is_fixed: bool, entered: set[tuple[int, bool]]
) -> Iterator[tuple[str, Value, bool]]:
    """Every way to a leaf: its name, the leaf, and whether the way leads through `fixed`.

    entered: the modules that the walk has come to, by their ids and whether they were fixed there;
    one which refers back to its parent does no harm.
    """
    parts: Iterable[tuple[object, object]] = ()
    fixed: tuple[str, ...] = ()
    if isinstance(found, Value):
        if found.op is None:
            yield name, found, is_fixed
    elif isinstance(found, Module):
        if (id(found), is_fixed) not in entered:
            entered.add((id(found), is_fixed))
            parts = [item for item in vars(found).items() if not item[0].startswith("_")]
            fixed = found.fixed
    elif isinstance(found, (list, tuple)):
        parts = enumerate(found)
    elif isinstance(found, dict):
        parts = found.items()
    elif getattr(found, "dtype", None) == "object":
        array: Any = found
        parts = enumerate(array if array.ndim else array.reshape(1))
    for key, part in parts:
        yield from _walk(part, _join(name, str(key)), is_fixed or key in fixed, entered)


def _each_once(named: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    first: dict[int, tuple[str, Value]] = {}
    for name, value in named:
        first.setdefault(id(value), (name, value))
    return list(first.values())


def _join(name: str, part: str) -> str:
    return f"{name}.{part}" if name else part


def _check_names(values: Mapping[str, object], state: Mapping[str, object]) -> None:
    missing = [name for name in values if name not in state]
    unknown = [name for name in state if name not in values]
    if missing or unknown:
        differences = []
        if missing:
            differences.append(f"lacks {missing[0]!r}" + _and_more(missing))
        if unknown:
            differences.append(f"has {unknown[0]!r}" + _and_more(unknown) + " too many")
        raise ValueError(
            f"this state does not fit the module: it {' and '.join(differences)}; "
            "build the module with the sizes it was saved with"
        )


def _and_more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""


def _number(name: str, number: object) -> float:
    if isinstance(number, bool) or not isinstance(number, Real):
        raise TypeError(f"the state of {name!r} must be a number, got {number!r:.50}")
    try:
        return float(number)
    except OverflowError:  # an int too large for a float
        return inf


def _finite(name: str, number: object) -> float:
    found = _number(name, number)
    if not isfinite(found):
        raise ValueError(
            f"the state of {name!r} is {number!r:.50}; only finite numbers are saved and loaded"
        )
    return found


# -- the file -------------------------------------------------------------------------------------

# A file holds named numbers as JSON, which no reader can be made to execute:
#     {"format": "autograd_mini.nn", "version": 1, "values": {"w.0": 0.25, "w.1": -0.5, "b": 0.0}}
# Python writes every digit of a float, so that a finite one comes back exactly.
FORMAT = "autograd_mini.nn"
VERSION = 1


def _read_values(path: FilePath, limit: int) -> dict[str, object]:
    """The named values of a file of at most `limit` bytes; the caller checks them.

    Raises: OSError if it cannot be read, ValueError if it is not such a file.
    """
    shown = repr(fspath(path))
    try:
        if exists(path) and not isfile(path):
            raise ValueError(f"cannot load {shown}: it is not a file; give the path of a saved one")
        with open(path, "rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise type(error)(
            f"cannot load {shown}: {(error.strerror or type(error).__name__).lower()}; "
            "give the path of a file that save() wrote"
        ) from error
    if len(content) > limit:
        raise ValueError(
            f"cannot load {shown}: it is larger than {limit} bytes, more than this module's "
            "values can take; it was saved from another module"
        )
    return _values(_parse(content, shown), shown)


def _parse(content: bytes, shown: str) -> object:
    import json

    try:
        return json.loads(content.decode("utf-8-sig"))
    # ValueError covers bad UTF-8, bad JSON and numbers of too many digits.
    except (ValueError, RecursionError):
        raise ValueError(
            f"cannot load {shown}: it is not complete JSON; save the module again"
        ) from None


def _values(content: object, shown: str) -> dict[str, object]:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(
            f"cannot load {shown}: it is JSON, but no module was saved in it "
            f"(no format {FORMAT!r}); give the path of a file that save() wrote"
        )
    version = content.get("version")
    if version != VERSION:
        raise ValueError(
            f"cannot load {shown}: its version is {version!r}, and this program reads "
            f"version {VERSION}; save it again with this program, or update"
        )
    values = content.get("values")
    if not isinstance(values, dict):
        raise ValueError(f"cannot load {shown}: it has no values; save the module again")
    return values
