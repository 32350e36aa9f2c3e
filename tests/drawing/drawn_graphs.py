"""Graphs that the tests draw."""

from contextlib import ExitStack
from itertools import pairwise

from hypothesis import strategies as st

from autograd_mini import Value, label, log, maximum, scope, softmax


def two_two_two(clusters=True):
    """The lectures' network, of plain Values."""
    i1, i2, t1, t2 = Value(0.05), Value(0.10), Value(0.01), Value(0.99)
    w = [Value(weight) for weight in (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55)]
    b1, b2 = Value(0.35), Value(0.60)

    def unit(name, layer, first, x, second, y, bias):
        with ExitStack() as stack:
            for around in (layer, name) if clusters else ():
                stack.enter_context(scope(around))
            net = first * x + second * y + bias
            out = net.sigmoid()
        label(**{f"net_{name}": net, f"out_{name}": out})
        return out

    h1 = unit("h1", "hidden", w[0], i1, w[1], i2, b1)
    h2 = unit("h2", "hidden", w[2], i1, w[3], i2, b1)
    o1 = unit("o1", "output", w[4], h1, w[5], h2, b2)
    o2 = unit("o2", "output", w[6], h1, w[7], h2, b2)
    error_1, error_2 = 0.5 * (t1 - o1) ** 2, 0.5 * (t2 - o2) ** 2
    error = error_1 + error_2
    label(i1=i1, i2=i2, t1=t1, t2=t2, b1=b1, b2=b2, E_o1=error_1, E_o2=error_2, E=error)
    label(**{f"w{number}": weight for number, weight in enumerate(w, start=1)})
    error.backward()
    return error


def one_neuron():
    """A neuron whose parts have names."""
    x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.88)
    o = (x1 * w1 + x2 * w2 + b).tanh()
    label(x1=x1, x2=x2, w1=w1, w2=w2, b=b, o=o)
    o.backward()
    return o


def used_five_times():
    """x, five times."""
    x = Value(1.5, label="x")
    z = (x * x + x * 3 - x) / x
    z.label = "z"
    z.backward()
    return z


def softmax_cross_entropy():
    """The cross-entropy of three classes, the second of which is right."""
    x, logits = Value(0.5), [Value(number) for number in (1.0, -0.5, 2.0)]
    scores = [weight * x for weight in logits]
    p = softmax(scores)
    loss = -log(p[1])
    label(x=x, loss=loss, **{f"w{k}": weight for k, weight in enumerate(logits, start=1)})
    label(**{f"z{k}": score for k, score in enumerate(scores, start=1)})
    label(**{f"p{k}": share for k, share in enumerate(p, start=1)})
    loss.backward()
    return loss


def with_branches():
    """Operations with a kink, away from it."""
    x, y, w = Value(-1.5, label="x"), Value(2.0, label="y"), Value(0.5, label="w")
    z = maximum(x * w, y) + abs(x) * (w * y).relu() + y**-2 / 3 + 2**w
    z.label = "z"
    z.backward()
    return z


def repeated_product(steps):
    """A chain in which one leaf is used at every step."""
    product, factor = Value(1.0), Value(0.999)
    for _ in range(steps):
        product = product * factor
    return product


def same_leaves_twice(leaves, steps):
    """Leaves that are used at the start of a long chain and again at its end."""
    factors = [Value(1.0) for _ in range(leaves)]
    product = Value(1.0)
    for factor in factors:
        product = product * factor
    for _ in range(steps):
        product = product.tanh()
    for factor in factors:
        product = product * factor
    return product


def layers_of(sizes, points=1):
    """Scoped layers of neurons, each weight made in its neuron's scope, on some points."""
    layers = []
    for depth, (inputs, outputs) in enumerate(pairwise(sizes)):
        layers.append([])
        for place in range(outputs):
            with scope(f"layer {depth}"), scope(f"neuron {place}"):
                weights = [Value(0.1 * (k + 1), label=f"w{k}") for k in range(inputs)]
                layers[-1].append((weights, Value(0.5, label="b")))
    total = 0.0
    for point in range(points):
        outs = [Value(0.3 * (k - point), label=f"x{k}") for k in range(sizes[0])]
        for depth, layer in enumerate(layers):
            ins, outs = outs, []
            for place, (weights, bias) in enumerate(layer):
                with scope(f"layer {depth}"), scope(f"neuron {place}"):
                    net = bias
                    for weight, x in zip(weights, ins):
                        net = net + weight * x
                    outs.append(net.tanh())
        total = total + sum(outs[1:], start=outs[0])
    total.backward()
    return total


@st.composite
def graphs(draw):
    """A value that others were made for, in scopes that come and go, or several such values."""
    values = [Value(1.0, label=name) for name in draw(st.lists(st.sampled_from("abc"), min_size=1))]
    for _ in range(draw(st.integers(0, 25))):
        one, other = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        names = draw(st.lists(st.sampled_from(["p", "q"]), max_size=2))
        make = draw(
            st.sampled_from([one.tanh, lambda a=one, b=other: a - b, lambda a=one: a * 0.5])
        )
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(scope(name))
            values.append(make())
    return draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))
