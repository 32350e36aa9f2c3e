"""What `explain` prints of the networks of nn, whose neurons have names."""

from textwrap import dedent

import pytest

import nn
from autograd_mini import Value, explain, scope

SAMPLES = [([2.0, 3.0, -1.0], 1.0), ([3.0, -1.0, 0.5], -1.0), ([0.5, 1.0, 1.0], -1.0)]


def lines(text: str) -> str:
    return dedent(text).strip("\n")


def loss_of(model: nn.MLP) -> Value:
    outputs = [(model(inputs), target) for inputs, target in SAMPLES]
    loss = sum((output - target) ** 2 for output, target in outputs if isinstance(output, Value))
    assert isinstance(loss, Value)
    loss.label = "loss"
    return loss


def test_a_neuron_names_its_net_input_and_its_output() -> None:
    neuron = nn.Neuron(2, activation="sigmoid", seed=1)
    assert str(explain(neuron([1.0, 2.0]))) == lines("""
        dout/dnet = out (1 - out) = 0.224745979
        dout/db = dout/dnet = 0.224745979
        dout/dw1 = dout/dnet = 0.224745979
        dout/dw2 = dout/dnet . 2 = 0.449491959
    """)


def test_a_network_names_layer_neuron_and_weight() -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    loss = (model([1.0, 2.0]) - 1) ** 2
    loss.label = "loss"
    assert str(explain(loss, model.parameters())) == lines("""
        dloss/dout2_1 = 2 (out2_1 - 1) = -1.924942526
        dloss/dout1_1 = dloss/dout2_1 . w2_1_1 = 0.017574390
        dloss/dnet1_1 = dloss/dout1_1 . (1 - out1_1^2) = 0.011716470
        dloss/dout1_2 = dloss/dout2_1 . w2_1_2 = 0.194453595
        dloss/dnet1_2 = dloss/dout1_2 . (1 - out1_2^2) = 0.159547439
        dloss/db1_1 = dloss/dnet1_1 = 0.011716470
        dloss/db1_2 = dloss/dnet1_2 = 0.159547439
        dloss/db2_1 = dloss/dout2_1 = -1.924942526
        dloss/dw1_1_1 = dloss/dnet1_1 = 0.011716470
        dloss/dw1_1_2 = dloss/dnet1_1 . 2 = 0.023432940
        dloss/dw1_2_1 = dloss/dnet1_2 = 0.159547439
        dloss/dw1_2_2 = dloss/dnet1_2 . 2 = 0.319094878
        dloss/dw2_1_1 = dloss/dout2_1 . out1_1 = -1.111346178
        dloss/dw2_1_2 = dloss/dout2_1 . out1_2 = 0.815569152
    """)


def test_labels_win_over_the_names_of_units() -> None:
    neuron = nn.Neuron(1, activation="tanh", seed=1)
    out = neuron([2.0])
    out.label = "y"
    assert str(explain(out)).splitlines()[0] == "dy/dnet = 1 - y^2 = 0.193334880"


def test_a_unit_in_a_scope_of_ones_own_has_names_too() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    with scope("h1"):
        h = (w * x).tanh()
    E = (h - 1) ** 2
    E.label = "E"
    assert str(explain(E, w)).splitlines()[0] == "dE/dw = dE/dout . dout/dnet . dnet/dw"


def test_several_values_are_explained_in_the_order_given() -> None:
    network = nn.two_two_two()
    E = network.forward()
    gradient = explain(E, [network.w5, network.net_o1])
    assert list(gradient) == ["w5", "net_o1"]
    assert str(gradient) == lines("""
        dE/dout_o1 = out_o1 - t1 = 0.741365070
        dE/dnet_o1 = dE/dout_o1 . out_o1 (1 - out_o1) = 0.138498562
        dE/dw5 = dE/dnet_o1 . out_h1 = 0.082167041
    """)
    assert str(gradient["w5"]) == str(explain(E, network.w5))


@pytest.mark.parametrize("order", [1, 2])
def test_the_targets_and_inputs_are_left_out_where_parameters_are_given(order: int) -> None:
    network = nn.two_two_two()
    gradient = explain(network.forward(), network.parameters(), order=order)
    assert [name for name in gradient if name[0] in "it"] == []
    assert len(gradient) == len(network.parameters())


def test_explain_needs_at_least_one_value() -> None:
    x = Value(2.0)
    with pytest.raises(
        ValueError, match=r"^explain.root, wrt. takes one Value or more; wrt is empty"
    ):
        explain(x * x, [])
    with pytest.raises(TypeError, match=r"^explain.root, wrt. takes Values; wrt is 2.0"):
        explain(x * x, [2.0])  # type: ignore[list-item]
