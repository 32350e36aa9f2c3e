"""CasADi's generated C: the step recorded once, printed by CasADi, compiled by `cc -O2`."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It need not be installed.

from __future__ import annotations

import casadi

from ..problems import INPUTS, LECTURE_PARAMETERS, lecture_loss
from . import native
from .casadi import sigmoid
from .float_style import lecture_loss_of

# Its functions are for this file only, so that the compiler may put them into the loop.
HEAD = "#define CASADI_SYMBOL_EXPORT static\n"

# Two buffers in turn, as the generated function must not write where it reads.
LOOP = """
void train(casadi_real *parameters, long times)
{
    casadi_real other[COUNT], *from = parameters, *to = other;
    while (times-- > 0) {
        const casadi_real *arguments[] = {from};
        casadi_real *results[] = {to}, *freed = from;
        step(arguments, results, 0, 0, 0);
        from = to;
        to = freed;
    }
    for (int i = 0; i < COUNT; i++)
        parameters[i] = from[i];
}
"""


def lecture(rate: float) -> native.Loop:
    """W1, the loop inside, around the generated function in the same file."""
    symbols = casadi.SX.sym("p", len(LECTURE_PARAMETERS))
    loss = lecture_loss(casadi.vertsplit(symbols), INPUTS, sigmoid)
    updated = symbols - rate * casadi.gradient(loss, symbols)
    step = casadi.Function("step", [symbols], [updated])
    generator = casadi.CodeGenerator("step.c")
    generator.add(step)
    loop = LOOP.replace("COUNT", str(len(LECTURE_PARAMETERS)))
    train = native.load(HEAD + generator.dump() + loop).train
    return native.Loop(train, native.numbers(LECTURE_PARAMETERS), (), lecture_loss_of)
