"""C for many rows: the same program over vectors, so that a processor computes several at once.

A lane is one of the rows. What differs from the program of one row: a conditional computes both of
its branches, and the sums over the rows are those of the lanes, added up at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.c_writer import ROW_BY_ROW, CWriter
from autograd_mini.symbols.code import INDENT, CodePrinter, LanesCode, indented

PREAMBLE = """\
typedef double lanes __attribute__((vector_size(8 * LANES)));
typedef long long truths __attribute__((vector_size(8 * LANES)));

static inline lanes all(double x)
{
    return x - (lanes){0.0};
}

static inline lanes where(truths condition, lanes then, lanes otherwise)
{
    return (lanes)((condition & (truths)then) | (~condition & (truths)otherwise));
}

static inline int is_any(truths condition)
{
    long long any = 0;
    for (int k = 0; k < LANES; k++)
        any |= condition[k];
    return any != 0;
}
"""

OF_EACH = {
    1: """\
static inline lanes of_each_{name}(lanes x)
{{
    for (int k = 0; k < LANES; k++)
        x[k] = {name}(x[k]);
    return x;
}}
""",
    2: """\
static inline lanes of_each_{name}(lanes x, lanes y)
{{
    for (int k = 0; k < LANES; k++)
        x[k] = {name}(x[k], y[k]);
    return x;
}}
""",
}

TOTAL = f"""\
/* Adds up over the rows of what does not move; returns how many rows it has done. */
long total(const double *w, long count, const double *rows, double *value, double *sums)
{{
    double inputs[INPUTS], gradients[WRT], values[1];
    lanes sum_of_values = all(0.0), sums_of_lanes[WRT];
    long row = 0;
    for (int i = 0; i < WRT; i++) {{
        inputs[moving[i]] = w[i];
        sums_of_lanes[i] = all(0.0);
    }}
    while (row + LANES <= count && !add_lanes(w, rows, &sum_of_values, sums_of_lanes)) {{
        row += LANES;
        rows += LANES * (INPUTS - WRT);
    }}
    *value = 0.0;
    for (int k = 0; k < LANES; k++)
        *value += sum_of_values[k];
    for (int i = 0; i < WRT; i++) {{
        sums[i] = 0.0;
        for (int k = 0; k < LANES; k++)
            sums[i] += sums_of_lanes[i][k];
    }}
{ROW_BY_ROW}"""


class LanesWriter(CWriter):
    """A translation unit whose `total` computes several rows at a time."""

    def __init__(self, program: Program, lanes: int) -> None:
        super().__init__(program)
        self.lanes = lanes

    def total(self) -> str:
        """The functions of lanes, and the loop over rows around them."""
        scalar = self.code
        self.code: CodePrinter = LanesCode(self.program.names)
        function = "\n".join(self.add_lanes())
        called = [name for name in self.code.functions if name.islower()]
        self.code = scalar
        two = {"pow", "atan2", "hypot", "fmod", "copysign", "remainder"}
        helpers = [OF_EACH[2 if name in two else 1].format(name=name) for name in called]
        define = f"#define LANES {self.lanes}\n"
        return "\n".join([define, PREAMBLE, *helpers, function + "\n", TOTAL])

    def add_lanes(self) -> Iterator[str]:
        """Forward and backward of as many rows as there are lanes."""
        program = self.program
        given = len(program.problem.given)
        yield "/* Adds up values and gradients of LANES rows; 1 if one has to be done again. */"
        yield "static int add_lanes(const double *numbers, const double *rows,"
        yield "                     lanes *sum_of_values, lanes *sums)"
        yield "{"
        body = [
            f"const lanes {program.inputs[place]} = all(numbers[{k}]);"
            for k, place in enumerate(program.problem.moving)
        ]
        for k, place in enumerate(program.problem.given):
            column = ", ".join(f"rows[{lane * given + k}]" for lane in range(self.lanes))
            body.append(f"const lanes {program.inputs[place]} = {{{column}}};")
        body += [*self.forward(), *self.backward()]
        body.append(f"*sum_of_values += {self.code.text(program.values[0])};")
        for k, term in enumerate(program.gradients[0]):
            body.append(f"sums[{k}] += {self.code.text(term)};")
        yield from indented([*body, "return 0;"])
        yield "}"

    def assignment(self, name: str, written: str) -> str:
        kind = "lanes" if isinstance(self.code, LanesCode) else "double"
        return f"const {kind} {name} = {written};"

    def leave_if(self, condition: str, number: int | None) -> Iterator[str]:
        if not isinstance(self.code, LanesCode):
            yield from super().leave_if(condition, number)
        else:
            yield f"if (is_any({condition}))"
            yield f"{INDENT}return 1;"

    def negated(self, comparison: str) -> str:
        if isinstance(self.code, LanesCode):
            return f"~({comparison})"
        return super().negated(comparison)
