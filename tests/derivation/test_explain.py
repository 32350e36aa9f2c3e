"""What `explain` prints, whole."""

import re
from textwrap import dedent

import pytest

import nn
from autograd_mini import Derivation, Value, explain, label


def lines(text: str) -> str:
    return dedent(text).strip("\n")


@pytest.fixture
def network() -> nn.TwoTwoTwo:
    network = nn.two_two_two()
    network.forward()
    return network


def test_the_four_lines_of_a_slide(network: nn.TwoTwoTwo) -> None:
    derivation = explain(network.E, network.w5)
    assert isinstance(derivation, Derivation)
    assert (
        str(derivation)
        == repr(derivation)
        == lines("""
        dE/dw5 = dE/dout_o1 . dout_o1/dnet_o1 . dnet_o1/dw5
               = (out_o1 - t1) . out_o1 (1 - out_o1) . out_h1
               = 0.741365070 . 0.186815602 . 0.593269992
               = 0.082167041
    """)
    )


def test_two_paths_add(network: nn.TwoTwoTwo) -> None:
    assert str(explain(network.E, network.w1)) == lines("""
        dE/dw1 = dE/dout_o1 . dout_o1/dnet_o1 . dnet_o1/dout_h1 . dout_h1/dnet_h1 . dnet_h1/dw1
               + dE/dout_o2 . dout_o2/dnet_o2 . dnet_o2/dout_h1 . dout_h1/dnet_h1 . dnet_h1/dw1
               = (out_o1 - t1) . out_o1 (1 - out_o1) . w5 . out_h1 (1 - out_h1) . i1
               + (out_o2 - t2) . out_o2 (1 - out_o2) . w7 . out_h1 (1 - out_h1) . i1
               = 0.741365070 . 0.186815602 . 0.4 . 0.241300709 . 0.05
               + (-0.217071535) . 0.175510053 . 0.5 . 0.241300709 . 0.05
               = 0.000668396 + (-0.000229828)
               = 0.000438568
        out_h1 reaches E along two paths, so its two contributions add.
    """)


def test_factored_totals_first_what_the_paths_share(network: nn.TwoTwoTwo) -> None:
    assert str(explain(network.E, network.w1, style="factored")) == lines("""
        dE/dout_h1 = dE/dout_o1 . dout_o1/dnet_o1 . dnet_o1/dout_h1
                   + dE/dout_o2 . dout_o2/dnet_o2 . dnet_o2/dout_h1
                   = (out_o1 - t1) . out_o1 (1 - out_o1) . w5
                   + (out_o2 - t2) . out_o2 (1 - out_o2) . w7
                   = 0.741365070 . 0.186815602 . 0.4
                   + (-0.217071535) . 0.175510053 . 0.5
                   = 0.055399425 + (-0.019049118)
                   = 0.036350306
        out_h1 reaches E along two paths, so its two contributions add.

        dE/dw1 = dE/dout_h1 . dout_h1/dnet_h1 . dnet_h1/dw1
               = dE/dout_h1 . out_h1 (1 - out_h1) . i1
               = 0.036350306 . 0.241300709 . 0.05
               = 0.000438568
    """)


def test_the_delta_rule(network: nn.TwoTwoTwo) -> None:
    assert str(explain(network.E, network.w1, style="delta")) == lines("""
        delta_o1 = -dE/dnet_o1
                 = -dE/dout_o1 . dout_o1/dnet_o1
                 = (t1 - out_o1) . out_o1 (1 - out_o1)
                 = (-0.741365070) . 0.186815602
                 = -0.138498562

        delta_o2 = -dE/dnet_o2
                 = -dE/dout_o2 . dout_o2/dnet_o2
                 = (t2 - out_o2) . out_o2 (1 - out_o2)
                 = 0.217071535 . 0.175510053
                 = 0.038098237

        delta_h1 = -dE/dnet_h1
                 = (delta_o1 . dnet_o1/dout_h1 + delta_o2 . dnet_o2/dout_h1) . dout_h1/dnet_h1
                 = (delta_o1 . w5 + delta_o2 . w7) . out_h1 (1 - out_h1)
                 = ((-0.138498562) . 0.4 + 0.038098237 . 0.5) . 0.241300709
                 = -0.008771355

        dE/dw1 = -delta_h1 . dnet_h1/dw1
               = -delta_h1 . i1
               = 0.008771355 . 0.05
               = 0.000438568

        w1 <- w1 + alpha . delta_h1 . i1
        This is the delta rule, with learning rate alpha.
    """)


def test_every_leaf(network: nn.TwoTwoTwo) -> None:
    gradient = explain(network.E)
    assert str(gradient) == lines("""
        dE/dout_o1 = out_o1 - t1 = 0.741365070
        dE/dnet_o1 = dE/dout_o1 . out_o1 (1 - out_o1) = 0.138498562
        dE/dout_o2 = out_o2 - t2 = -0.217071535
        dE/dnet_o2 = dE/dout_o2 . out_o2 (1 - out_o2) = -0.038098237
        dE/dout_h1 = dE/dnet_o1 . w5 + dE/dnet_o2 . w7 = 0.036350306
        dE/dnet_h1 = dE/dout_h1 . out_h1 (1 - out_h1) = 0.008771355
        dE/dout_h2 = dE/dnet_o1 . w6 + dE/dnet_o2 . w8 = 0.041370323
        dE/dnet_h2 = dE/dout_h2 . out_h2 (1 - out_h2) = 0.009954255
        dE/db1 = dE/dnet_h1 + dE/dnet_h2 = 0.018725609
        dE/db2 = dE/dnet_o1 + dE/dnet_o2 = 0.100400325
        dE/di1 = dE/dnet_h1 . w1 + dE/dnet_h2 . w3 = 0.003804267
        dE/di2 = dE/dnet_h1 . w2 + dE/dnet_h2 . w4 = 0.004740547
        dE/dt1 = t1 - out_o1 = -0.741365070
        dE/dt2 = t2 - out_o2 = 0.217071535
        dE/dw1 = dE/dnet_h1 . i1 = 0.000438568
        dE/dw2 = dE/dnet_h1 . i2 = 0.000877135
        dE/dw3 = dE/dnet_h2 . i1 = 0.000497713
        dE/dw4 = dE/dnet_h2 . i2 = 0.000995425
        dE/dw5 = dE/dnet_o1 . out_h1 = 0.082167041
        dE/dw6 = dE/dnet_o1 . out_h2 = 0.082667628
        dE/dw7 = dE/dnet_o2 . out_h1 = -0.022602540
        dE/dw8 = dE/dnet_o2 . out_h2 = -0.022740242
    """)
    assert len(gradient) == 14
    assert str(gradient["w5"]) == str(explain(network.E, network.w5))
    message = f"expected one of the names {', '.join(gradient)}, got 'w9'"
    with pytest.raises(KeyError, match=re.escape(message)):
        gradient["w9"]


def test_the_deltas_of_all_units_and_every_leaf(network: nn.TwoTwoTwo) -> None:
    text = str(explain(network.E, style="delta"))
    lefts = [line.split(" = ")[0] for line in text.splitlines() if line and line[0] != " "]
    assert lefts[:4] == ["delta_o1", "delta_o2", "delta_h1", "delta_h2"]
    assert lefts[4:] == [f"dE/d{name}" for name in explain(network.E)]
    assert "dE/di1 = -delta_h1 . w1 - delta_h2 . w3 = 0.003804267" in text


def test_the_second_derivative(network: nn.TwoTwoTwo) -> None:
    derivation = explain(network.E, network.w5, order=2)
    assert str(derivation) == lines("""
        d2E/dw5^2 = d(dE/dw5)/dout_o1 . dout_o1/dnet_o1 . dnet_o1/dw5
                  = (out_h1 out_o1 (1 - out_o1) + out_h1 (t1 - out_o1) out_o1 \
+ out_h1 (out_o1 - t1) (1 - out_o1)) . out_o1 (1 - out_o1) . out_h1
                  = (-0.110283530) . 0.186815602 . 0.593269992
                  = -0.012222954
    """)
    assert derivation.latex.splitlines()[1] == (
        r"\frac{\partial^2 E}{\partial w_5^2} &= \frac{\partial}{\partial \mathrm{out}_{o1}} "
        r"\frac{\partial E}{\partial w_5} \cdot "
        r"\frac{\partial \mathrm{out}_{o1}}{\partial \mathrm{net}_{o1}} "
        r"\cdot \frac{\partial \mathrm{net}_{o1}}{\partial w_5} \\"
    )


def test_second_derivatives_of_simple_functions() -> None:
    x, y = Value(3.0, label="x"), Value(2.0, label="y")
    cube = x**3
    cube.label = "c"
    assert str(explain(cube, x, order=2)) == lines("""
        d2c/dx^2 = d(dc/dx)/dx
                 = 6 x
                 = 18
    """)
    product = x * y
    product.label = "p"
    assert str(explain(product, x, order=2)) == "d2p/dx^2 = 0\ndp/dx does not depend on x."
    assert str(explain(cube, order=2)) == "d2c/dx^2 = 18"


def test_latex(network: nn.TwoTwoTwo) -> None:
    derivation = explain(network.E, network.w5)
    assert derivation.latex == lines(r"""
        \begin{aligned}
        \frac{\partial E}{\partial w_5} &= \frac{\partial E}{\partial \mathrm{out}_{o1}} \cdot \
        \frac{\partial \mathrm{out}_{o1}}{\partial \mathrm{net}_{o1}} \cdot \
        \frac{\partial \mathrm{net}_{o1}}{\partial w_5} \\
        &= (\mathrm{out}_{o1} - t_1) \cdot \mathrm{out}_{o1} \, (1 - \mathrm{out}_{o1}) \cdot \
        \mathrm{out}_{h1} \\
        &= 0.741365070 \cdot 0.186815602 \cdot 0.593269992 \\
        &= 0.082167041
        \end{aligned}
    """).replace("\\cdot \\\n", "\\cdot ")
    assert derivation._repr_latex_() == f"$$\n{derivation.latex}\n$$"
    forked = explain(network.E, network.w1)
    assert forked._repr_latex_() == (
        f"$$\n{forked.latex}\n$$\n\n"
        "$\\mathrm{out}_{h1}$ reaches $E$ along two paths, so its two contributions add."
    )
    assert r"&\quad + (-0.217071535) \cdot 0.175510053" in forked.latex


def test_the_lectures_way_of_writing_other_losses_and_wirings() -> None:
    network = nn.two_two_two(loss=nn.sum_of_squares)
    E = network.forward()
    assert str(explain(E, network.w7)).splitlines()[:2] == [
        "dE/dw7 = dE/dout_o2 . dout_o2/dnet_o2 . dnet_o2/dw7",
        "       = 2 (out_o2 - t2) . out_o2 (1 - out_o2) . out_h1",
    ]
    assert str(explain(network.net_o1, network.w1)).splitlines()[:2] == [
        "dnet_o1/dw1 = dnet_o1/dout_h1 . dout_h1/dnet_h1 . dnet_h1/dw1",
        "            = w5 . out_h1 (1 - out_h1) . i1",
    ]
    assert str(explain(E, network.w4)).splitlines()[:2] == [
        "dE/dw4 = dE/dout_o1 . dout_o1/dnet_o1 . dnet_o1/dout_h2 . dout_h2/dnet_h2 . dnet_h2/dw4",
        "       + dE/dout_o2 . dout_o2/dnet_o2 . dnet_o2/dout_h2 . dout_h2/dnet_h2 . dnet_h2/dw4",
    ]
    network = nn.two_two_two(i2_to_h1="w3")
    network.forward()
    assert str(explain(network.E_o2, network.w1)).splitlines()[1] == (
        "          = (out_o2 - t2) . out_o2 (1 - out_o2) . w7 . out_h1 (1 - out_h1) . i1"
    )


@pytest.mark.parametrize(
    ("result", "operand", "formula", "number"),
    [
        ("E", "out_o1", "out_o1 - t1", "0.741365070"),
        ("out_o1", "net_o1", "out_o1 (1 - out_o1)", "0.186815602"),
        ("E_o1", "net_o1", "(out_o1 - t1) . out_o1 (1 - out_o1)", "0.138498562"),
        ("net_o1", "out_h1", "w5", "0.4"),
        ("E_o2", "out_h1", "(out_o2 - t2) . out_o2 (1 - out_o2) . w7", "-0.019049118"),
        ("out_h1", "net_h1", "out_h1 (1 - out_h1)", "0.241300709"),
        ("E", "w5", "(out_o1 - t1) . out_o1 (1 - out_o1) . out_h1", "0.082167041"),
        ("E", "w6", "(out_o1 - t1) . out_o1 (1 - out_o1) . out_h2", "0.082667628"),
        ("E", "w7", "(out_o2 - t2) . out_o2 (1 - out_o2) . out_h1", "-0.022602540"),
        ("E", "w8", "(out_o2 - t2) . out_o2 (1 - out_o2) . out_h2", "-0.022740242"),
    ],
)
def test_the_formulas_that_lectures_print(
    network: nn.TwoTwoTwo, result: str, operand: str, formula: str, number: str
) -> None:
    values = network.by_name()
    written = str(explain(values[result], values[operand])).splitlines()
    assert f"= {formula}" in written[0] + written[1]
    assert written[-1].endswith(f"= {number}")


def test_a_two_two_one_network_learns_by_the_lectures_deltas() -> None:
    names = ["x1", "x2", "w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b", "t"]
    x1, x2, w1, w2, w3, w4, w5, w6, b1, b2, b, t = (
        Value(0.1 * place, label=name) for place, name in enumerate(names, 1)
    )
    a1, a2 = x1 * w1 + x2 * w2 + b1, x1 * w3 + x2 * w4 + b2
    y1, y2 = a1.sigmoid(), a2.sigmoid()
    a = y1 * w5 + y2 * w6 + b
    y = a.sigmoid()
    E = (t - y) ** 2 / 2
    label(a1=a1, a2=a2, y1=y1, y2=y2, a=a, y=y, E=E)
    text = str(explain(E, w1, style="delta"))
    assert "        = (t - y) . y (1 - y)\n" in text
    assert "         = delta_y . w5 . y1 (1 - y1)\n" in text
    assert "\nw1 <- w1 + alpha . delta_y1 . x1\n" in text


def test_deltas_of_units_whose_nets_have_no_name() -> None:
    w, x, v = Value(0.5, label="w"), Value(2.0, label="x"), Value(-1.0, label="v")
    hidden = (w * x + 0.5).tanh()
    out = (v * hidden).sigmoid()
    label(hidden=hidden, out=out)
    text = str(explain(out, w, style="delta"))
    assert (
        """
delta_hidden = -dout/dv2
             = delta_out . dv3/dhidden . dhidden/dv2
             = delta_out . v . (1 - hidden^2)
"""
        in text
    )
    assert text.startswith("delta_out = -dout/dv3\n          = -out (1 - out)\n")
    assert "\nw <- w + alpha . delta_hidden . x\n" in text
    assert text.endswith("where v2 = w x + 0.5 = 1.5, v3 = v hidden = -0.905148254")


def test_a_function_of_a_leaf_is_no_unit() -> None:
    x1, x2 = Value(2.0, label="x1"), Value(5.0, label="x2")
    v1, v2, v3 = x1.log(), x1 * x2, x2.sin()
    y = v1 + v2 - v3
    label(v1=v1, v2=v2, v3=v3, y=y)
    assert str(explain(y, style="delta")) == lines("""
        dy/dv2 = 1

        dy/dx1 = 1 / x1 + dy/dv2 . x2 = 5.5
        dy/dx2 = dy/dv2 . x1 - 1 . cos(x2) = 1.716337815
    """)
    assert str(explain(y, x2)) == lines("""
        dy/dx2 = dy/dv2 . dv2/dx2
               + dy/dv3 . dv3/dx2
               = 1 . x1
               - 1 . cos(x2)
               = 1 . 2
               + (-1) . 0.283662185
               = 2 + (-0.283662185)
               = 1.716337815
        x2 reaches y along two paths, so its two contributions add.
    """)


def test_a_derivative_that_is_infinite() -> None:
    x = Value(0.0, label="x")
    y = x.sqrt()
    z = y * 2
    label(y=y, z=z)
    assert str(explain(z, x)).splitlines()[1:] == [
        "      = 2 . (1 / (2 y))",
        "      = 2 . inf",
        "      = inf",
    ]


def test_without_names_every_value_is_a_step() -> None:
    a, b, c, f = (Value(number) for number in (2.0, -3.0, 10.0, -2.0))
    root = (a * b + c) * f
    assert str(explain(root, a)) == lines("""
        dv7/dv1 = dv7/dv5 . dv5/dv3 . dv3/dv1
                = v6 . 1 . v2
                = (-2) . 1 . (-3)
                = 6
        where v1 = 2, v2 = -3, v3 = v1 v2 = -6, v5 = v3 + v4 = 4, v6 = -2, v7 = v5 v6 = -8
    """)


def test_a_value_that_is_used_five_times() -> None:
    x = Value(2.0, label="x")
    y = x * x * x * x * x
    y.label = "y"
    assert str(explain(y, x)) == "dy/dx = 5 x^4\n      = 80"
    hubs = [x * number for number in (1.0, 2.0, 3.0, 4.0, 5.0)]
    for place, hub in enumerate(hubs, 1):
        hub.label = f"h{place}"
    a, b, c, d, e = hubs
    total = a * b + c * d * e
    total.label = "T"
    text = str(explain(total, x))
    assert text.splitlines()[0] == "dT/dx = dT/dh1 . dh1/dx"
    assert text.splitlines()[-3:] == [
        "      = 4 + 4 + 240 + 240 + 240",
        "      = 728",
        "x reaches T along five paths, so its five contributions add.",
    ]


def test_a_direct_way_beside_another_is_told_from_the_whole_derivative() -> None:
    x = Value(0.5, label="x")
    z = x**2
    y = x * z
    label(z=z, y=y)
    assert str(explain(y, x)) == lines("""
        dy/dx = dy/dx|z
              + dy/dz . dz/dx
              = z
              + x . 2 x
              = 0.25
              + 0.5 . 1
              = 0.25 + 0.5
              = 0.75
        x reaches y along two paths, so its two contributions add.
        dy/dx|z is the direct way from x to y, with z held.
    """)
    assert r"\left.\frac{\partial y}{\partial x}\right|_{z}" in explain(y, x).latex
    # Without the bar, the second derivative would stand on both sides of its own equation.
    second = explain(y, x, order=2)
    assert str(second).splitlines()[0] == "d2y/dx^2 = d(dy/dx)/dx|z"
    assert second.latex.splitlines()[1] == (
        r"\frac{\partial^2 y}{\partial x^2} &= "
        r"\left.\frac{\partial}{\partial x} \frac{\partial y}{\partial x}\right|_{z} \\"
    )
    assert "<mo>|</mo></mrow><mrow><mi>z</mi></mrow></msub></mrow></mtd>" in second.html


def test_a_power_of_a_small_number_is_no_double_exponent() -> None:
    k = Value(2.0, label="k")
    E = k * 1e-10 * 1e-10
    label(E=E)
    assert str(explain(E, k)) == "dE/dk = 1e-10^2\n      = 1e-20"
    assert r"&= (1 \times 10^{-10})^{2} \\" in explain(E, k).latex
    assert "<msup><mrow><mrow><mo stretchy=" in explain(E, k).html


def test_an_infinite_slope_is_infinity() -> None:
    x = Value(0.0, label="x")
    y = -x.sqrt()
    label(y=y)
    explanation = explain(y, x)
    assert str(explanation).splitlines()[-1] == "      = -inf"
    assert explanation.latex.splitlines()[-2] == r"&= -\infty"
    assert "<mn>\N{INFINITY}</mn>" in explanation.html


def test_a_unit_that_is_off_passes_nothing() -> None:
    w, x = Value(-1.0, label="w"), Value(0.5, label="x")
    h = (w * x).relu()
    y = h * 3
    label(h=h, y=y)
    assert str(explain(y, w)) == lines("""
        dy/dw = dy/dh . dh/dw
              = 3 . 0
              = 0
        Nothing comes through where dh/dw is 0.
    """)
    assert str(explain(h, w)) == "dh/dw = 0"  # that dh/dw is 0 would be no reason
    still = nn.two_two_two(weights=[0.0] * 8)
    assert str(explain(still.forward(), still.w1)).splitlines()[-1] == (
        "Nothing comes through where dnet_o1/dout_h1 and dnet_o2/dout_h1 are 0."
    )


def test_the_larger_operand_of_a_maximum_has_the_partial_1() -> None:
    x, y = Value(1.0, label="x"), Value(3.0, label="y")
    largest = x.maximum(y)
    square = largest * largest
    label(m=largest, s=square)
    assert str(explain(square, y)).splitlines()[1] == "      = 2 m . 1"


def test_derivatives_without_a_chain_are_0_or_1(
    network: nn.TwoTwoTwo,
) -> None:
    assert str(explain(network.E, network.E)) == "dE/dE = 1"
    assert str(explain(network.E_o1, network.w7)) == "dE_o1/dw7 = 0\nE_o1 does not depend on w7."
    assert explain(network.E_o1, network.w7).value == 0.0
    assert str(explain(network.w5, network.E)) == (
        "dw5/dE = 0\n"
        "w5 does not depend on E; it is the other way round: "
        "the first argument of explain is the result."
    )
    assert str(explain(network.w5)) == "dw5/dw5 = 1"


def test_digits(network: nn.TwoTwoTwo) -> None:
    assert str(explain(network.E, network.w5, digits=3)).splitlines()[2:] == [
        "       = 0.741 . 0.187 . 0.593",
        "       = 0.082",
    ]
    x = Value(1.23456e-7, label="x")
    y = x * x * 2.5
    y.label = "y"
    assert str(explain(y, x, digits=3)) == "dy/dx = 5 x\n      = 6.17e-7"


def test_for_programs(network: nn.TwoTwoTwo) -> None:
    derivation = explain(network.E, network.w1)
    assert derivation.value == 0.00043856773447434685
    assert [repr(factor) for factor in derivation.factors[:2]] == [
        "<factor dE/dout_o1 = 0.7413650695523157>",
        "<factor dE/dout_o2 = -0.21707153467853746>",
    ]
    assert repr(derivation.paths) == "<2 paths>"
    first, second = derivation.paths
    assert len(first.factors) == 5
    assert derivation.paths[-1].factors == second.factors
    assert len(derivation.paths[:1]) == 1
    message = "expected an index below 2, the number of paths, got 2"
    with pytest.raises(IndexError, match=f"^{re.escape(message)}$"):
        derivation.paths[2]


def test_numbers_stay_those_that_were_recorded(network: nn.TwoTwoTwo) -> None:
    before = str(explain(network.E, network.w5))
    network.w5.data -= 0.5
    changed = (
        "The data of a leaf has changed since E was computed: "
        "the numbers are from before the change."
    )
    assert str(explain(network.E, network.w5)) == f"{before}\n{changed}"
    assert str(explain(network.E)).splitlines()[-1] == changed
    assert str(explain(network.E_o2, network.w7)).splitlines()[-1] != changed


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((3.0,), {}, TypeError, "explain(root, wrt) takes Values; root is 3.0"),
        ((Value(1.0), "w5"), {}, TypeError, "explain(root, wrt) takes Values; wrt is 'w5'"),
        (
            (Value(1.0),),
            {"style": "short"},
            ValueError,
            'style must be "full", "factored" or "delta", got \'short\'',
        ),
        (
            (Value(1.0),),
            {"order": 3},
            ValueError,
            "order must be 1 or 2, got 3; for the numbers of higher orders nest grad(...)",
        ),
        (
            (Value(1.0),),
            {"digits": 0},
            ValueError,
            "digits must be a whole number from 1 to 17, got 0",
        ),
    ],
)
def test_explain_refuses_arguments_that_it_cannot_explain(
    arguments, options, error, message
) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        explain(*arguments, **options)


def test_zero_times_infinity_is_said_in_words() -> None:
    x = Value(0.0, label="x")
    y = x.sqrt()
    z = y * y
    label(y=y, z=z)
    undefined = (
        "There is no number: a derivative on the way is infinite here, "
        "and 0 times infinity is undefined."
    )
    assert str(explain(z, x)).splitlines() == [
        "dz/dx = dz/dy . dy/dx",
        "      = 2 y . (1 / (2 y))",
        "      = 0 . inf",
        undefined,
    ]
    power = x.sqrt() ** 4
    power.label = "q"
    assert str(explain(power, x)).splitlines() == ["dq/dx = 2 sqrt(x)^2", undefined]
    assert "nan" not in str(explain(z)) + str(explain(power))


def test_nan_inputs_give_nan() -> None:
    x = Value(float("nan"), label="x")
    y = x * x
    y.label = "y"
    assert str(explain(y, x)) == "dy/dx = 2 x\n      = nan"


def test_the_number_of_digits_may_be_an_integer_of_numpy():
    numpy = pytest.importorskip("numpy")
    x = Value(2.0, label="x")
    y = x / 3
    assert str(explain(y, x, digits=numpy.int64(3))) == str(explain(y, x, digits=3))
