"""C as source: a function, and the loops around it; for many rows also over vectors.

A lane is one of the rows that a processor computes at once. The program over vectors differs in
two ways: a conditional computes both of its branches, and the sums over the rows are the sums of
the lanes, added up at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd_mini.compiler.descent import UpdateRule, decayed
from autograd_mini.compiler.library import HOW
from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.source import ProgramSource, folded
from autograd_mini.symbols.code import INDENT, CCode, CodePrinter, LanesCode, indented
from autograd_mini.symbols.terms import Terms

# The statuses that value_and_gradients returns, besides 0.
NOT_FINITE, FIRST_GUARD = 1, 2

# Terms of a program that is compiled a second time inside the training loop.
LARGEST_INLINED = 1_000

BATCH = """\
/* Computes rows of inputs until one is not finite; returns how many it computed. */
long batch(long count, const double *rows, double *values, double *gradients)
{
    for (long row = 0; row < count; row++) {
        double *gradient = gradients ? gradients + row * OUTPUTS * WRT : 0;
        if (value_and_gradients(rows + row * INPUTS, values + row * OUTPUTS, gradient))
            return row;
    }
    return count;
}
"""

ROW_BY_ROW = """\
    for (; row < count; row++) {
        for (int i = 0; i < INPUTS - WRT; i++)
            inputs[given[i]] = *rows++;
        if (value_and_gradients(inputs, values, gradients))
            return row;
        *value += values[0];
        for (int i = 0; i < WRT; i++)
            sums[i] += gradients[i];
    }
    return count;
}
"""

TOTAL = f"""\
/* Adds up over the rows of what does not move; returns how many rows it has done. */
long total(const double *w, long count, const double *rows, double *value, double *sums)
{{
    double inputs[INPUTS], gradients[WRT], values[1];
    long row = 0;
    *value = 0.0;
    for (int i = 0; i < WRT; i++) {{
        inputs[moving[i]] = w[i];
        sums[i] = 0.0;
    }}
{ROW_BY_ROW}"""


class CSource(ProgramSource):
    """A translation unit."""

    printer: type[CodePrinter] = CCode
    remark_before = "/* "
    remark_after = " */"

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        problem = program.problem
        self.sizes: tuple[int, int, int] = (
            len(problem.inputs),
            len(problem.outputs),
            len(problem.wrt),
        )

    def unit(self, rule: UpdateRule | None, decays: bool = False) -> str:
        """The function and its loops; rule: of the descent, None for a graph that has none."""
        problem = self.program.problem
        several = not problem.single or not problem.wrt
        loops = [BATCH] if several or not problem.given else [BATCH, self.places(), self.total()]
        if rule is not None and not several:
            loops.append("\n".join(self.descend(rule, decays)) + "\n")
        sizes = zip(("INPUTS", "OUTPUTS", "WRT"), self.sizes)
        parts = [
            f"/* Build it with: {HOW} FILE.c -lm */\n\n#include <math.h>\n",
            "".join(f"#define {name} {size}\n" for name, size in sizes),
            "\n".join(self.function()) + "\n",
            *loops,
        ]
        return "\n".join(parts)

    def total(self) -> str:
        """The loop over rows."""
        return TOTAL

    def function(self) -> Iterator[str]:
        """`value_and_gradients`: forward, and, unless `gradients` is a null pointer, backward."""
        program = self.program
        yield from folded_remark(f"inputs: {', '.join(program.names.inputs)}")
        yield "/* Returns 0; 1 if a value is not finite; 2 + k if comparison k is otherwise. */"
        yield "int value_and_gradients(const double *inputs, double *values, double *gradients)"
        yield "{"
        body = [
            self.assignment(name, f"inputs[{k}]") for k, name in enumerate(program.names.inputs)
        ]
        body += self.forward()
        body += (f"values[{k}] = {self.code.text(term)};" for k, term in enumerate(program.values))
        body += ["if (!gradients)", f"{INDENT}return 0;", *self.backward()]
        gradients = [term for row in program.gradients for term in row]
        body += (f"gradients[{k}] = {self.code.text(term)};" for k, term in enumerate(gradients))
        yield from indented([*body, "return 0;"])
        yield "}"

    def assignment(self, name: str, written: str) -> str:
        return f"const double {name} = {written};"

    def leave_if(self, condition: str, number: int | None) -> Iterator[str]:
        yield f"if ({condition})"
        yield f"{INDENT}return {NOT_FINITE if number is None else FIRST_GUARD + number};"

    def negated(self, comparison: str) -> str:
        return f"!({comparison})"

    def places(self) -> str:
        """The places of the inputs that move, and of the others, among all inputs."""
        problem = self.program.problem
        return "".join(
            "\n".join(folded(array(f"static const int {name}[]", numbers))) + "\n"
            for name, numbers in (("moving", problem.moving), ("given", problem.given))
        )

    def descend(self, rule: UpdateRule, decays: bool) -> Iterator[str]:
        """Gradient descent: `times` steps, or as many as can be made."""
        given = bool(self.program.problem.given)
        in_order = self.program.problem.moving == list(range(self.sizes[2]))
        yield "/* Moves w by gradient descent; returns how many of the steps it has made. */"
        if in_order and not given and len(self.program.terms.made) < LARGEST_INLINED:
            yield "__attribute__((flatten))  /* calls are inlined: gradients stay in registers */"
        parameters = ["double *w", "double rate", "int times"]
        parameters += ["long count", "const double *rows"] if given else []
        parameters += ["double weight_decay"] if decays else []
        parameters += [f"double {name}" for name in rule.constants]
        parameters += [*(f"double *{name}" for name in rule.state)]
        parameters += ["double steps"] if rule.state else []
        yield from call_over_lines("int descend", parameters)
        yield "{"
        if given:
            yield f"{INDENT}double value, gradients[WRT];"
        elif in_order:
            yield f"{INDENT}double values[1], gradients[WRT];"
        else:
            yield f"{INDENT}double inputs[INPUTS], values[1], gradients[WRT];"
        yield f"{INDENT}for (int done = 0; done < times; done++) {{"
        yield from indented(self.step(given, in_order), by=2)
        yield from indented(update(rule, decays, given), by=2)
        yield f"{INDENT}}}"
        yield f"{INDENT}return times;"
        yield "}"

    def step(self, given: bool, in_order: bool) -> Iterator[str]:
        """The gradients at the current `w`."""
        if given:
            yield "if (total(w, count, rows, &value, gradients) < count)"
        elif in_order:
            yield "if (value_and_gradients(w, values, gradients))"
        else:
            places = enumerate(self.program.problem.moving)
            yield from (f"inputs[{place}] = w[{k}];" for k, place in places)
            yield "if (value_and_gradients(inputs, values, gradients))"
        yield f"{INDENT}return done;"


def update(rule: UpdateRule, decays: bool, is_mean: bool, size: str = "WRT") -> Iterator[str]:
    """All parameters at once. is_mean: whether `gradients` are sums over `count` rows."""
    terms = Terms()
    code = CCode()
    w, g = terms.name("w[i]"), terms.name("g")
    if rule.of_step:
        yield "steps += 1.0;"
        for name, term in rule.prepared(terms):
            yield f"const double {name} = {code.text(term)};"
    yield "#pragma GCC unroll 16"
    yield f"for (int i = 0; i < {size}; i++) {{"
    yield f"{INDENT}const double g = " + ("gradients[i] / count;" if is_mean else "gradients[i];")
    kept = {state: terms.name(f"{state}[i]") for state in rule.state}
    follows = decayed(terms, w, g) if decays else g
    moved = rule.moved(terms, w, follows, kept)
    for name, term in zip([*(f"{state}[i]" for state in rule.state), "w[i]"], moved):
        yield f"{INDENT}{name} = {code.text(term)};"
    yield "}"


def array(declared: str, numbers: Sequence[int]) -> list[str]:
    """The words of an initialized array."""
    first, *others = map(str, numbers)
    words = [f"{declared} = {{{first}", *others]
    return [*words[:-1], words[-1] + "};"]


def folded_remark(text: str) -> Iterator[str]:
    """A comment that may be long."""
    lines = list(folded(text.split(" "), separator=""))
    for number, line in enumerate(lines):
        begin = "/* " if number == 0 else "   "
        yield f"{begin}{line}" + (" */" if number == len(lines) - 1 else "")


def call_over_lines(before: str, parameters: Sequence[str]) -> Iterator[str]:
    """The head of a function."""
    line = f"{before}({', '.join(parameters)})"
    if len(line) <= 100:
        yield line
    else:
        yield f"{before}("
        yield from indented(folded([*parameters[:-1], parameters[-1] + ")"]))


# -- many rows at once ----------------------------------------------------------------------------

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

TOTAL_OF_LANES = f"""\
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


class LanesSource(CSource):
    """A translation unit whose `total` computes several rows at a time."""

    def __init__(self, program: Program, lanes: int) -> None:
        super().__init__(program)
        self.lanes = lanes

    def total(self) -> str:
        """The functions of lanes, and the loop over rows around them."""
        scalar = self.code
        self.code: CodePrinter = LanesCode(self.program.names.terms)
        function = "\n".join(self.add_lanes())
        called = [name for name in self.code.functions if name.islower()]
        self.code = scalar
        two = {"pow", "atan2", "hypot", "fmod", "copysign", "remainder"}
        helpers = [OF_EACH[2 if name in two else 1].format(name=name) for name in called]
        define = f"#define LANES {self.lanes}\n"
        return "\n".join([define, PREAMBLE, *helpers, function + "\n", TOTAL_OF_LANES])

    def add_lanes(self) -> Iterator[str]:
        """Forward and backward of as many rows as there are lanes."""
        program = self.program
        given = len(program.problem.given)
        yield "/* Adds up values and gradients of LANES rows; 1 if one has to be done again. */"
        yield "static int add_lanes(const double *numbers, const double *rows,"
        yield "                     lanes *sum_of_values, lanes *sums)"
        yield "{"
        body = [
            f"const lanes {program.names.inputs[place]} = all(numbers[{k}]);"
            for k, place in enumerate(program.problem.moving)
        ]
        for k, place in enumerate(program.problem.given):
            column = ", ".join(f"rows[{lane * given + k}]" for lane in range(self.lanes))
            body.append(f"const lanes {program.names.inputs[place]} = {{{column}}};")
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
