"""What `explain` prints of softmax, cross-entropy, and the simplifications that courses teach."""

import math
from textwrap import dedent

import pytest

import nn
from autograd_mini import Value, explain, gradients, label, softmax

LOGITS = (0.3, -0.4, 1.0)


def lines(text: str) -> str:
    return dedent(text).strip("\n")


def leaves(name: str, *numbers: float) -> list[Value]:
    return [Value(number, label=f"{name}{k}") for k, number in enumerate(numbers, 1)]


def probabilities(scores: list[Value]) -> list[Value]:
    found = softmax(scores)
    for k, p in enumerate(found, 1):
        p.label = f"p{k}"
    return found


def test_the_slope_of_a_softmax_is_p_times_one_minus_p() -> None:
    s1, s2, s3 = leaves("s", *LOGITS)
    p1, p2, p3 = probabilities([s1, s2, s3])
    assert str(explain(p1, s1)) == lines("""
        dp1/ds1 = p1 (1 - p1)
                = 0.203720310
    """)
    assert str(explain(p2, s1)).splitlines()[0] == "dp2/ds1 = -p1 p2"
    assert str(explain(p3, s1)).splitlines()[0] == "dp3/ds1 = -p1 p3"


def test_a_probability_without_a_value_in_the_graph_is_defined() -> None:
    s1, s2, s3 = leaves("s", *LOGITS)
    p1, _, _ = softmax([s1, s2, s3])
    p1.label = "p1"
    assert str(explain(p1, s2)) == lines("""
        dp1/ds2 = -p1 p2
                = -0.040299160
        where p2 = exp(s2) / (exp(s1) + exp(s2) + exp(s3)) = 0.141463672
    """)


def test_cross_entropy_of_probabilities_is_combined_after_the_plain_chain() -> None:
    scores = leaves("s", *LOGITS)
    t1, t2, t3 = leaves("t", 0.0, 1.0, 0.0)
    p1, p2, p3 = probabilities(scores)
    E = -(t1 * p1.log() + t2 * p2.log() + t3 * p3.log())
    E.label = "E"
    assert str(explain(E, scores[0])) == lines("""
        dE/ds1 = dE/dp1 . dp1/ds1
               + dE/dp2 . dp2/ds1
               + dE/dp3 . dp3/ds1
               = (-t1 / p1) . p1 (1 - p1)
               - (t2 / p2) . (-p1 p2)
               - (t3 / p3) . (-p1 p3)
               = 0 . 0.203720310
               + (-7.068952674) . (-0.040299160)
               + 0 . (-0.163421151)
               = 0 + 0.284872852 + 0
               = 0.284872852
        s1 reaches E along three paths, so its three contributions add.

        dE/ds1 = p1 - t1
               = 0.284872852
        Here t1 + t2 + t3 = 1.
    """)


def test_two_classes_are_combined_too() -> None:
    scores = leaves("s", 0.3, -0.4)
    t1, t2 = leaves("t", 0.0, 1.0)
    p1, p2 = probabilities(scores)
    E = -(t1 * p1.log() + t2 * p2.log())
    E.label = "E"
    assert "\ndE/ds1 = p1 - t1\n" in str(explain(E, scores[0]))
    assert "\ndE/ds2 = p2 - t2\n" in str(explain(E, scores[1]))


def test_targets_that_do_not_add_up_to_one_are_not_combined() -> None:
    scores = leaves("s", *LOGITS)
    t1, t2, t3 = leaves("t", 0.5, 1.0, 0.0)
    p1, p2, p3 = probabilities(scores)
    E = -(t1 * p1.log() + t2 * p2.log() + t3 * p3.log())
    E.label = "E"
    assert "p1 - t1" not in str(explain(E, scores[0]))


def test_cross_entropy_of_logits_for_a_class() -> None:
    z = leaves("z", *LOGITS)
    L = nn.softmax_cross_entropy(z, 1)
    L.label = "L"
    assert str(explain(L)) == lines("""
        dL/dz1 = p1 = 0.284872852
        dL/dz2 = p2 - 1 = -0.858536328
        dL/dz3 = p3 = 0.573663477

        where p1 = exp(z1) / (exp(z1) + exp(z2) + exp(z3)) = 0.284872852
        where p2 = exp(z2) / (exp(z1) + exp(z2) + exp(z3)) = 0.141463672
        where p3 = exp(z3) / (exp(z1) + exp(z2) + exp(z3)) = 0.573663477
    """)


def test_cross_entropy_of_logits_for_probabilities() -> None:
    z = leaves("z", *LOGITS)
    L = nn.softmax_cross_entropy(z, [0.2, 0.3, 0.5])
    L.label = "L"
    written = str(explain(L)).splitlines()
    assert written[:3] == [
        "dL/dz1 = p1 - 0.2 = 0.084872852",
        "dL/dz2 = p2 - 0.3 = -0.158536328",
        "dL/dz3 = p3 - 0.5 = 0.073663477",
    ]


@pytest.mark.parametrize("largest", [1.0, 700.0, 1e3, 1e17])
def test_the_shift_that_keeps_exp_from_overflow_is_never_shown(largest: float) -> None:
    z = leaves("z", largest, 0.0, -largest)
    L = nn.softmax_cross_entropy(z, 1)
    L.label = "L"
    formula = "exp(z1) / (exp(z1) + exp(z2) + exp(z3))"
    written = str(explain(L, z[0])).splitlines()
    assert written[0] == "dL/dz1 = p1"
    assert written[-1].startswith(f"where p1 = {formula} = ")
    assert "exp" not in "".join(
        line for line in str(explain(L)).splitlines() if "where" not in line
    )


def test_scores_of_the_last_layer_are_steps() -> None:
    w = leaves("w", 0.1, 0.2, 0.3, -0.1)
    h = leaves("h", 0.5, -0.2)
    z = [w[0] * h[0] + w[1] * h[1], w[2] * h[0] + w[3] * h[1]]
    L = nn.softmax_cross_entropy(z, 0)
    L.label = "L"
    assert str(explain(L, w[0])).splitlines()[:2] == [
        "dL/dw1 = dL/dv6 . dv6/dw1",
        "       = (-p1) . h1",
    ]


def test_a_softmax_written_by_hand_is_recognised() -> None:
    s1, s2 = leaves("s", 0.3, -0.4)
    p1 = s1.exp() / (s1.exp() + s2.exp())
    p2 = s2.exp() / (s1.exp() + s2.exp())
    E = -p2.log()
    label(p1=p1, p2=p2, E=E)
    assert str(explain(p1, s1)).splitlines()[0] == "dp1/ds1 = p1 (1 - p1)"
    assert "\ndE/ds1 = p1\n" in str(explain(E, s1))
    power = s1.exp()
    p1 = power / (power + s2.exp())
    p1.label = "p1"
    assert str(explain(p1, s1)).splitlines()[0] == "dp1/ds1 = p1 (1 - p1)"


def test_labelled_powers_stay_steps() -> None:
    s1, s2 = leaves("s", 0.3, -0.4)
    e1, e2 = s1.exp(), s2.exp()
    p1 = e1 / (e1 + e2)
    label(e1=e1, e2=e2, p1=p1)
    assert str(explain(p1, s1)).splitlines()[0] == "dp1/ds1 = dp1/de1 . de1/ds1"


def test_a_sigmoid_written_by_hand_is_not_taken_for_a_softmax() -> None:
    x = Value(0.3, label="x")
    y = 1 / (1 + (-x).exp())
    y.label = "y"
    assert str(explain(y, x)).splitlines()[0] == "dy/dx = y exp(-x) / (1 + exp(-x))"


def test_two_softmaxes_are_numbered() -> None:
    z, u = leaves("z", 0.3, -0.4), leaves("u", 0.1, 0.2)
    L = nn.softmax_cross_entropy(z, 0) + nn.softmax_cross_entropy(u, 1)
    L.label = "L"
    names = {line.split()[1] for line in str(explain(L)).splitlines() if line.startswith("where")}
    assert names == {"p2_1", "p1_2"}


def test_probabilities_avoid_names_that_are_taken() -> None:
    p1, p2 = leaves("p", 0.3, -0.4)
    L = nn.softmax_cross_entropy([p1, p2], 0)
    L.label = "L"
    assert str(explain(L, p2)).splitlines()[0] == "dL/dp2 = prob2"


def test_a_softmax_of_a_hundred_classes_is_one_step() -> None:
    z = leaves("z", *(k / 100 for k in range(100)))
    L = nn.softmax_cross_entropy(z, 7)
    L.label = "L"
    assert str(explain(L, z[7])).splitlines()[0] == "dL/dz8 = p8 - 1"
    assert explain(L, z[0]).value == pytest.approx(gradients(L, [z[0]])[0])


@pytest.mark.parametrize(
    ("target", "combined"), [(1, "y - 1"), (0, "y"), (0.3, "y - 0.3"), (0.5, "y - 0.5")]
)
def test_binary_cross_entropy_of_a_sigmoid(target: float, combined: str) -> None:
    a = Value(0.4, label="a")
    y = a.sigmoid()
    L = nn.binary_cross_entropy(y, target)
    label(y=y, L=L)
    assert str(explain(L, a)).splitlines()[-2] == f"dL/da = {combined}"


def test_binary_cross_entropy_with_a_labelled_target() -> None:
    w, x, b, t = Value(0.5, "w"), Value(2.0, "x"), Value(0.1, "b"), Value(1.0, "t")
    net = w * x + b
    y = net.sigmoid()
    L = -(t * y.log() + (1 - t) * (1 - y).log())
    label(net=net, y=y, L=L)
    assert str(explain(L, net)) == lines("""
        dL/dnet = dL/dy . dy/dnet
                = ((1 - t) / (1 - y) - t / y) . y (1 - y)
                = (-1.332871084) . 0.187369880
                = -0.249739894

        dL/dnet = y - t
                = -0.249739894
    """)
    assert str(explain(L)) == lines("""
        dL/dy = (1 - t) / (1 - y) - t / y = -1.332871084
        dL/dnet = dL/dy . y (1 - y) = -0.249739894
        dL/dnet = y - t = -0.249739894
        dL/db = dL/dnet = -0.249739894
        dL/dt = log(1 - y) - log(y) = -1.100000000
        dL/dw = dL/dnet . x = -0.499479789
        dL/dx = dL/dnet . w = -0.124869947
    """)
    assert "delta_y = t - y\n        = 0.249739894\n" in str(explain(L, w, style="delta"))


@pytest.mark.parametrize(("target", "combined"), [(1, "sigmoid(a) - 1"), (0.3, "sigmoid(a) - 0.3")])
def test_binary_cross_entropy_of_logits(target: float, combined: str) -> None:
    a = Value(0.4, label="a")
    L = nn.binary_cross_entropy_from_logits(a, target)
    L.label = "L"
    assert str(explain(L, a)).splitlines()[-2] == f"dL/da = {combined}"


def test_a_mean_of_cross_entropies_keeps_its_fraction() -> None:
    y1, y2 = (a.sigmoid() for a in leaves("a", 0.3, 0.6))
    L = nn.binary_cross_entropy([y1, y2], [1, 0])
    label(y1=y1, y2=y2, L=L)
    written = str(explain(L)).splitlines()
    assert "dL/da1 = (y1 - 1) / 2 = -0.212778742" in written
    assert "dL/da2 = y2 / 2 = 0.322828153" in written


def test_a_chain_in_which_nothing_cancels_has_no_combination() -> None:
    network = nn.two_two_two()
    written = str(explain(network.forward(), network.w5))
    assert written.count("dE/dw5 = ") == 1


def test_a_combination_equals_the_gradient() -> None:
    scores = leaves("s", 2.0, -1.0, 0.5)
    p = probabilities(scores)
    L = -p[2].log()
    L.label = "L"
    last = str(explain(L, scores[2])).splitlines()[-2:]
    assert last[0] == "dL/ds3 = p3 - 1"
    assert math.isclose(float(last[1].split()[-1]), gradients(L, [scores[2]])[0], rel_tol=1e-8)
