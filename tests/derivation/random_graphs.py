"""Random graphs: labels here and there, values that are used again, well-conditioned numbers."""

from hypothesis import strategies as st

from autograd_mini import Value

UNARY = ["tanh", "sigmoid", "relu", "softplus", "sin", "neg", "abs"]
BINARY = ["add", "sub", "mul", "maximum"]


@st.composite
def graphs(draw: st.DrawFn, longest: int = 12) -> Value:
    """A root below which there are at least one operation and one leaf."""
    numbers = st.floats(-2, 2).map(lambda number: round(number, 3))
    values = [Value(draw(numbers), label=name) for name in "abc"]
    for index in range(draw(st.integers(1, longest))):
        x = draw(st.sampled_from(values))
        name = draw(st.sampled_from(UNARY + BINARY + ["square", "divided"]))
        if name in UNARY:
            result = getattr(x, name)()
        elif name == "square":
            result = x**2
        elif name == "divided":
            result = x / (1 + draw(st.sampled_from(values)).sigmoid())
        else:
            y = draw(st.sampled_from(values) | numbers)
            result = getattr(x, name)(y)
        if draw(st.booleans()):
            result.label = f"n{index}"
        values.append(result)
    return values[-1]
