"""Check a derivation: the numbers that are printed, and the formulas and derivatives claimed.

`check_printed` judges digits, `check_formula` identities, `gradcheck` derivatives by differences,
and `check_sheet` a Markdown file with all of these. The results of checks that failed are false.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd_mini.checking.digits.printed import PrintedVerdict as PrintedVerdict
    from autograd_mini.checking.digits.printed import check_printed as check_printed
    from autograd_mini.checking.formulas.identity import FormulaVerdict as FormulaVerdict
    from autograd_mini.checking.formulas.identity import check_formula as check_formula
    from autograd_mini.checking.gradients.gradcheck import GradientMismatch as GradientMismatch
    from autograd_mini.checking.gradients.gradcheck import GradientReport as GradientReport
    from autograd_mini.checking.gradients.gradcheck import assert_gradient as assert_gradient
    from autograd_mini.checking.gradients.gradcheck import gradcheck as gradcheck
    from autograd_mini.checking.sheets.check import check_sheet as check_sheet
    from autograd_mini.checking.sheets.markdown import SheetError as SheetError
    from autograd_mini.checking.sheets.report import Report as Report
    from autograd_mini.checking.sheets.report import Result as Result

# Names that are imported when they are first used, and their modules. Every run of pytest loads the
# plugin, which is in this package.
_LATER = {
    "GradientMismatch": "gradients.gradcheck",
    "GradientReport": "gradients.gradcheck",
    "assert_gradient": "gradients.gradcheck",
    "gradcheck": "gradients.gradcheck",
    "FormulaVerdict": "formulas.identity",
    "check_formula": "formulas.identity",
    "SheetError": "sheets.markdown",
    "PrintedVerdict": "digits.printed",
    "check_printed": "digits.printed",
    "Report": "sheets.report",
    "Result": "sheets.report",
    "check_sheet": "sheets.check",
}

__all__ = list(_LATER)


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"autograd_mini.checking.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LATER])
