"""The package `nn` under a name that no module of a user hides: `from autograd_mini import nn`.

A file nn.py in the folder of a program, as micrograd's second file is called, hides the top-level
package. `autograd_mini.nn` is the package beside autograd_mini in any case; where `import nn` finds
that package too, both names mean one module.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nn import *  # noqa: F403

LOCATION = Path(__file__).resolve().parents[1] / "nn" / "__init__.py"


def is_hidden() -> bool:
    """True if `import nn` finds another module than the package beside autograd_mini."""
    try:
        found = find_spec("nn")
    except ValueError:  # a module that was made by hand
        return True
    return found is not None and not (found.origin and LOCATION.samefile(found.origin))


def load() -> ModuleType:
    """The package nn: the top-level one, or where that is hidden, one that is loaded as this."""
    if not is_hidden():
        return importlib.import_module("nn")
    folder = [str(LOCATION.parent)]
    spec = spec_from_file_location(__name__, LOCATION, submodule_search_locations=folder)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[__name__] = module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sys.modules[__name__] = load()
