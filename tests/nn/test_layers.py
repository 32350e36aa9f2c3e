"""Neurons, layers and perceptrons: what they compute, what they are made of, what they refuse."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_mini import Value, operation, topological_order
from nn import MLP, Layer, Neuron

numbers = st.floats(-10, 10)


@given(w1=numbers, w2=numbers, b=numbers, x1=numbers, x2=numbers)
def test_a_neuron_adds_to_its_bias_from_left_to_right(w1, w2, b, x1, x2):
    neuron = Neuron(2, activation="linear", bias=b, seed=1)
    neuron.w[0].data, neuron.w[1].data = w1, w2
    assert neuron([x1, x2]).data == (b + w1 * x1) + w2 * x2


@pytest.mark.parametrize(
    ("activation", "output", "derivative"),
    [
        ("linear", 0.5, 1.0),
        ("step", 1.0, 0.0),
        ("sign", 1.0, 0.0),
        ("sigmoid", 1 / (1 + math.exp(-0.5)), math.exp(-0.5) / (1 + math.exp(-0.5)) ** 2),
        ("tanh", math.tanh(0.5), 1 / math.cosh(0.5) ** 2),
        ("relu", 0.5, 1.0),
        ("softplus", math.log(1 + math.exp(0.5)), 1 / (1 + math.exp(-0.5))),
        (lambda x: x * x, 0.25, 1.0),
        (abs, 0.5, 1.0),
    ],
)
def test_activations(activation, output, derivative):
    neuron = Neuron(1, activation=activation, bias=0.5, init=lambda *_: 0.0)
    result = neuron([1.0])
    result.backward()
    assert result.data == pytest.approx(output, rel=1e-15)
    assert neuron.b.grad == pytest.approx(derivative, rel=1e-15)


def test_an_operation_of_ones_own_is_an_activation():
    square = operation("square_for_nn_tests", "x * x", "2 * x")
    neuron = Neuron(1, activation=square, bias=3.0, init=lambda *_: 0.0)
    assert neuron([1.0]).data == 9.0
    assert repr(neuron) == "Square_for_nn_testsNeuron(1)"


def test_an_input_that_is_no_number_is_refused():
    with pytest.raises(TypeError) as caught:
        MLP(2, [1])([1.0, "2.0"])
    assert str(caught.value) == "mul takes Values and real numbers, got Value, str"


def test_inputs_may_be_numbers_values_or_both():
    x = Value(2.0)
    neuron = Neuron(2, activation="linear", seed=1)
    output = neuron((x, 3))
    output.backward()
    assert x.grad == neuron.w[0].data
    assert neuron.w[1].grad == 3.0


def test_a_constant_input_is_no_leaf():
    leaves = [v for v in topological_order(Neuron(2, seed=1)([1.0, 2.0])) if v.op is None]
    assert [leaf.label for leaf in leaves] == ["b", "w1", "w2"]


def test_a_neuron_without_bias_starts_with_its_first_product():
    neuron = Neuron(2, activation="linear", bias=None, seed=1)
    output = neuron([2.0, 3.0])
    assert neuron.b is None
    assert [v.op.name for v in topological_order(output) if v.op] == ["mul", "mul", "add"]
    assert output.data == neuron.w[0].data * 2.0 + neuron.w[1].data * 3.0
    assert len(neuron.parameters()) == 2


def test_a_layer_may_share_one_bias():
    layer = Layer(2, 3, activation="linear", bias=0.5, share_bias=True, seed=1)
    assert all(neuron.b is layer.b for neuron in layer.neurons)
    assert len(layer.parameters()) == 7
    total = sum(layer([0.0, 0.0]))
    total.backward()
    assert total.data == 1.5
    assert layer.b.grad == 3.0


def test_each_layer_of_a_network_shares_its_own_bias():
    model = MLP(2, [2, 2], bias=0.5, share_bias=True, train_bias=False, seed=1)
    assert model.layers[0].b is not model.layers[1].b
    assert len(model.parameters()) == 8
    assert len(model.state_dict()) == 10


def test_a_layer_gives_a_list_and_of_one_neuron_the_value():
    assert len(Layer(2, 3, seed=1)([1.0, 2.0])) == 3
    assert isinstance(Layer(2, 1, seed=1)([1.0, 2.0]), Value)


def test_a_layer_of_one_neuron_feeds_the_next():
    model = MLP(2, [1, 3], activation="tanh", seed=1)
    hidden = model.layers[0]([1.0, 2.0])
    assert [v.data for v in model([1.0, 2.0])] == [v.data for v in model.layers[1]([hidden])]


def test_activations_of_hidden_layers_and_of_the_last():
    assert repr(MLP(2, [2, 1])) == (
        "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    )
    assert repr(MLP(1, [1, 1], activation="softplus", output="sigmoid")) == (
        "MLP of [Layer of [SoftplusNeuron(1)], Layer of [SigmoidNeuron(1)]]"
    )


def test_values_know_their_layer_and_neuron():
    model = MLP(2, [2, 1], seed=1)
    output = model([1.0, 2.0])
    assert output.scope == ("layer 2", "neuron 1")
    assert [(v.scope, v.label) for v in model.layers[0].neurons[1].parameters()] == [
        (("layer 1", "neuron 2"), "w1"),
        (("layer 1", "neuron 2"), "w2"),
        (("layer 1", "neuron 2"), "b"),
    ]
    clusters = {v.scope for v in topological_order(output)}
    assert clusters == {
        ("layer 1", "neuron 1"),
        ("layer 1", "neuron 2"),
        ("layer 2", "neuron 1"),
    }


def test_a_shared_bias_belongs_to_the_layer():
    layer = Layer(1, 2, share_bias=True, seed=1, name="hidden layer")
    assert layer.b.scope == ("hidden layer",)


def test_a_seed_fixes_the_weights():
    assert MLP(2, [3, 1], seed=7).state_dict() == MLP(2, [3, 1], seed=7).state_dict()
    assert MLP(2, [3, 1], seed=7).state_dict() != MLP(2, [3, 1], seed=8).state_dict()
    drawn = MLP(2, [3, 1], seed=random.Random(7))
    assert drawn.state_dict() == MLP(2, [3, 1], seed=7).state_dict()


def test_without_a_seed_pythons_own_generator_draws_as_for_micrograd():
    random.seed(1337)
    model = MLP(2, [3, 1])
    random.seed(1337)
    for layer, (nin, nout) in zip(model.layers, [(2, 3), (3, 1)]):
        for neuron in layer.neurons:
            assert [w.data for w in neuron.w] == [random.uniform(-1, 1) for _ in range(nin)]
            assert neuron.b.data == 0.0
        assert len(layer.neurons) == nout


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: MLP(2, []),
            ValueError,
            "an MLP needs at least one layer; give its sizes, such as [16, 16, 1]",
        ),
        (
            lambda: MLP(2, 3),
            TypeError,
            "an MLP takes a list of layer sizes, such as [16, 16, 1], not 3",
        ),
        (
            lambda: MLP(2, [3, 0]),
            ValueError,
            "the number of neurons of layer 2 must be a whole number of at least 1, got 0",
        ),
        (
            lambda: MLP(-2, [3]),
            ValueError,
            "the number of inputs of an MLP must be a whole number of at least 1, got -2",
        ),
        (
            lambda: MLP(2, [2.5, 1]),
            TypeError,
            "the number of neurons of layer 1 must be a whole number of at least 1, got 2.5",
        ),
        (
            lambda: MLP(2, [True]),
            TypeError,
            "the number of neurons of layer 1 must be a whole number of at least 1, got True",
        ),
        (
            lambda: Layer(2, 0),
            ValueError,
            "the number of neurons of a layer must be a whole number of at least 1, got 0",
        ),
        (
            lambda: Layer(0, 2),
            ValueError,
            "the number of inputs of a layer must be a whole number of at least 1, got 0",
        ),
        (
            lambda: Neuron("2"),
            TypeError,
            "the number of inputs of a neuron must be a whole number of at least 1, got '2'",
        ),
        (
            lambda: Neuron(2, activation="rleu"),
            ValueError,
            "activation must be one of linear, step, sign, sigmoid, tanh, relu, softplus, or a "
            "function of one Value, got 'rleu'",
        ),
        (
            lambda: MLP(2, [1], activation="rleu"),  # a single layer takes `output`
            ValueError,
            "activation must be one of linear, step, sign, sigmoid, tanh, relu, softplus, or a "
            "function of one Value, got 'rleu'",
        ),
        (
            lambda: Neuron(2, seed="1337"),
            TypeError,
            "a seed is an int, a random.Random or None, got '1337'",
        ),
        (
            lambda: MLP(2, [3, 1], seed=1)([1.0]),
            ValueError,
            "this network takes 2 inputs, not 1: [1.0]; give one number for each",
        ),
        (
            lambda: MLP(1, [3, 1], seed=1)([1.0, 2.0]),
            ValueError,
            "this network takes 1 input, not 2: [1.0, 2.0]; give one number for each",
        ),
        (
            lambda: MLP(1, [1], seed=1)(3.0),
            TypeError,
            "this network takes 1 input in a list, not 3.0; write [x1, x2, ...]",
        ),
    ],
)
def test_mistakes_are_explained(make, error, message, raises):
    with raises(error, message):
        make()
