"""The lectures' 2-2-2 network: their names, their numbers, their variants."""

import pytest

import nn
from autograd_mini import Value, topological_order


def train(network, updates):
    optimizer = nn.SGD(network.parameters(), learning_rate=0.5)
    return nn.fit(network, network.samples, network.loss, optimizer, epochs=updates)


def rounded(number, printed):
    """`number` to as many digits as are printed."""
    mantissa, exponent, _ = printed.partition("e")
    digits = len(mantissa.partition(".")[2])
    return f"{number:.{digits}{'e' if exponent else 'f'}}"


@pytest.mark.parametrize(
    ("train_biases", "updates", "error"),
    [
        (True, 0, "0.298371108760003"),
        (True, 1, "0.2857508866992965"),
        (True, 300, "0.00193675730114848"),
        (True, 10_000, "4.35532106616e-06"),
        (False, 0, "0.298371108760003"),
        (False, 1, "0.2910277736936"),
        (False, 300, "0.005036102591850"),
        (False, 10_000, "3.51018778298e-05"),
    ],
)
def test_the_error_after_so_many_updates(train_biases, updates, error):
    network = nn.two_two_two(train_biases=train_biases)
    train(network, updates)
    assert rounded(network.forward().data, error) == error


# To the digits printed in bt2101, tutorial 6.
FORWARD = {
    "net_h1": "0.3775",
    "out_h1": "0.593269992",
    "out_h2": "0.596884378",
    "net_o1": "1.105905967",
    "out_o1": "0.751365070",
    "out_o2": "0.772928465",
    "E_o1": "0.274811083",
    "E_o2": "0.023560026",
    "E": "0.298371109",
}
BACKWARD = {"w5": "0.082167041", "w1": "0.000438568", "out_h1": "0.036350306"}
UPDATED = {
    "w1": "0.149780716",
    "w2": "0.19956143",
    "w3": "0.24975114",
    "w4": "0.29950229",
    "w5": "0.35891648",
    "w6": "0.408666186",
    "w7": "0.511301270",
    "w8": "0.561370121",
}


def test_the_numbers_of_the_lecture():
    network = nn.two_two_two()
    E = network.forward()
    assert E is network.E
    E.backward()
    for name, printed in FORWARD.items():
        assert rounded(getattr(network, name).data, printed) == printed, name
    for name, printed in BACKWARD.items():
        assert rounded(getattr(network, name).grad, printed) == printed, name
    nn.SGD(network.parameters(), learning_rate=0.5).step()
    for name, printed in UPDATED.items():
        assert rounded(getattr(network, name).data, printed) == printed, name


def test_the_other_wiring():
    # Propagation lecture of DSECL ZG565: w3 leads from i2 to h1.
    network = nn.two_two_two(
        inputs=(0.1, 0.5),
        weights=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
        biases=(0.25, 0.35),
        targets=(0.05, 0.95),
        i2_to_h1="w3",
    )
    network.forward()
    printed = {
        "net_h1": "0.41",
        "out_h1": "0.60108",
        "net_h2": "0.47",
        "out_h2": "0.61538",
        "net_o1": "1.01977",
        "out_o1": "0.73492",
        "net_o2": "1.26306",
        "out_o2": "0.77955",
        "E_o1": "0.23456",
        "E_o2": "0.01452",
        "E": "0.24908",
    }
    for name, digits in printed.items():
        assert abs(getattr(network, name).data - float(digits)) < 1e-5, name


def test_the_network_takes_one_bias_for_each_unit():
    network = nn.two_two_two(biases=(0.1, 0.2, 0.3, 0.4))
    network.forward().backward()
    h1, h2 = network.out_h1.data, network.out_h2.data
    assert network.net_h2.data == 0.25 * 0.05 + 0.30 * 0.10 + 0.2
    assert network.net_o1.data == 0.40 * h1 + 0.45 * h2 + 0.3
    assert network.b4.grad == network.net_o2.grad
    assert len(network.parameters()) == 12


def test_a_bias_shared_by_a_layer_has_the_sum_of_both_gradients():
    network = nn.two_two_two()
    network.forward().backward()
    assert network.b2.grad == pytest.approx(network.net_o1.grad + network.net_o2.grad, rel=1e-15)
    assert len(network.parameters()) == 10


def test_fixed_biases_have_a_gradient_and_do_not_move():
    network = nn.two_two_two(train_biases=False)
    train(network, 3)
    network.zero_grad()
    network.forward().backward()
    assert (network.b1.data, network.b2.data) == (0.35, 0.60)
    assert network.b2.grad == pytest.approx(network.net_o1.grad + network.net_o2.grad, rel=1e-15)
    assert len(network.parameters()) == 8


def test_the_loss_without_the_half():
    half, whole = nn.two_two_two(), nn.two_two_two(loss=nn.sum_of_squares)
    half.forward().backward()
    whole.forward().backward()
    assert whole.E.data == 2 * half.E.data
    assert whole.w1.grad == pytest.approx(2 * half.w1.grad, rel=1e-15)


def test_every_value_has_its_name_and_its_place():
    network = nn.two_two_two()
    network.forward()
    names = list(network.by_name())
    assert " ".join(names) == (
        "i1 i2 w1 w2 w3 w4 w5 w6 w7 w8 b1 b2 t1 t2 net_h1 out_h1 net_h2 out_h2 "
        "net_o1 out_o1 net_o2 out_o2 E_o1 E_o2 E"
    )
    assert [value.label for value in network.by_name().values()] == names
    places = {name: value.scope for name, value in network.by_name().items()}
    assert places["w2"] == places["net_h1"] == places["out_h1"] == ("hidden layer", "h1")
    assert places["w3"] == places["net_h2"] == ("hidden layer", "h2")
    assert places["w7"] == places["out_o2"] == ("output layer", "o2")
    assert places["b1"] == ("hidden layer",)
    assert places["i1"] == places["t1"] == places["E"] == ()
    crossed = nn.two_two_two(i2_to_h1="w3", biases=(1, 2, 3, 4))
    assert crossed.w3.scope == crossed.b1.scope == ("hidden layer", "h1")
    assert crossed.w2.scope == ("hidden layer", "h2")


def test_the_graph_has_the_shape_that_the_lecture_draws():
    network = nn.two_two_two()
    symbols = [value.op.symbol for value in topological_order(network.forward()) if value.op]
    unit, error = ["*", "*", "+", "+", "sigmoid"], ["-", "**", "/"]
    assert sorted(symbols) == sorted(4 * unit + 2 * error + ["+"])


def test_values_may_be_set_between_passes():
    network = nn.two_two_two()
    network.w5.data, network.t1.data = 0.5, 0.75
    assert (
        network.forward().data
        == nn.two_two_two(
            weights=(0.15, 0.20, 0.25, 0.30, 0.50, 0.45, 0.50, 0.55), targets=(0.75, 0.99)
        )
        .forward()
        .data
    )


def test_the_network_works_on_other_inputs_like_any_module():
    network = nn.two_two_two()
    x = Value(1.0)
    out_o1, out_o2 = network([x, -1.0])
    assert (out_o1, out_o2) == (network.out_o1, network.out_o2)
    assert network.i1 is x
    assert network.net_h1.data == 0.15 - 0.20 + 0.35
    assert network.samples == [([1.0, -1.0], [0.01, 0.99])]


def test_a_state_has_all_numbers_and_fits_the_same_network_only(tmp_path, raises):
    network = nn.two_two_two()
    train(network, 10)
    network.save(tmp_path / "network.json")
    other = nn.two_two_two()
    other.load(tmp_path / "network.json")
    assert other.forward().data == network.forward().data
    with raises(
        ValueError,
        f"cannot load '{tmp_path / 'network.json'}': "
        "this state does not fit the module: it lacks 'b3' and 1 more; "
        "build the module with the sizes it was saved with",
    ):
        nn.two_two_two(biases=(1, 2, 3, 4)).load(tmp_path / "network.json")


def test_repr_shows_the_numbers():
    assert repr(nn.two_two_two()) == (
        "TwoTwoTwo(i1=0.05, i2=0.1, w1=0.15, w2=0.2, w3=0.25, w4=0.3, w5=0.4, w6=0.45, w7=0.5, "
        "w8=0.55, b1=0.35, b2=0.6, t1=0.01, t2=0.99)"
    )


def test_an_error_of_other_inputs_is_not_kept(raises):
    network = nn.two_two_two()
    network.forward()
    network([1.0, 2.0])
    with raises(
        AttributeError, "this network has no E before a forward pass; call forward() first"
    ):
        _ = network.E


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: nn.two_two_two().net_h1,
            AttributeError,
            "this network has no net_h1 before a forward pass; call forward() first",
        ),
        (
            lambda: nn.two_two_two().b3,
            AttributeError,
            "this network has no 'b3'; it has i1, i2, w1, w2, w3, w4, w5, w6, w7, w8, b1, b2, "
            "t1, t2",
        ),
        (
            lambda: nn.two_two_two(biases=(1, 2, 3)),
            ValueError,
            "biases must be 2 numbers, one a layer, or 4 numbers, one a unit, not 3: (1, 2, 3)",
        ),
        (
            lambda: nn.two_two_two(weights=(1, 2)),
            ValueError,
            "weights must be 8 numbers, for w1, w2, w3, w4, w5, w6, w7, w8, not 2: (1, 2)",
        ),
        (
            lambda: nn.two_two_two(i2_to_h1="w4"),
            ValueError,
            'i2_to_h1 must be "w2" or "w3", not \'w4\'',
        ),
        (
            lambda: nn.two_two_two()([1.0, 2.0, 3.0]),
            ValueError,
            "this network takes 2 inputs, not 3: [1.0, 2.0, 3.0]; give one number for each",
        ),
    ],
)
def test_mistakes_are_explained(make, error, message, raises):
    with raises(error, message):
        make()
