"""Modules: which values they find, how these are named, and how a state is taken over."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_mini import Value
from nn import MLP, Layer, Module, Neuron


class Polynomial(Module):
    """Holds values in every way there is."""

    def __init__(self):
        self.constant = Value(1.0)
        self.coefficients = [Value(2.0), (Value(3.0), Value(4.0))]
        self.by_degree = {"fifth": Value(5.0)}
        self.part = Neuron(1, seed=1)
        self.degree = 5
        self._hidden = Value(6.0)


def test_values_are_found_in_attributes_lists_tuples_dicts_and_modules():
    assert [name for name, _ in Polynomial().named_parameters()] == [
        "constant",
        "coefficients.0",
        "coefficients.1.0",
        "coefficients.1.1",
        "by_degree.fifth",
        "part.w.0",
        "part.b",
    ]


def test_values_are_found_in_arrays_of_numpy():
    numpy = pytest.importorskip("numpy")
    module = Module()
    module.w = numpy.array([[Value(1.0), Value(2.0)], [Value(3.0), 0.5]])
    module.b = numpy.array(Value(4.0), dtype=object)
    module.data = numpy.ones(3)
    state = {"w.0.0": 1.0, "w.0.1": 2.0, "w.1.0": 3.0, "b.0": 4.0}
    assert module.state_dict() == state
    assert [value.data for value in module.parameters()] == [1.0, 2.0, 3.0, 4.0]


def test_names_say_how_to_reach_a_value():
    model = MLP(2, [2, 1], seed=1)
    named = dict(model.named_parameters())
    assert named["layers.0.neurons.1.w.0"] is model.layers[0].neurons[1].w[0]
    assert named["layers.1.neurons.0.b"] is model.layers[1].neurons[0].b
    assert list(named.values()) == model.parameters()


def test_a_result_kept_as_an_attribute_is_no_parameter():
    model = Neuron(2, seed=1)
    model.last_output = model([1.0, 2.0])
    assert len(model.parameters()) == 3


def test_a_shared_value_is_given_once_under_its_first_name():
    first, second = Neuron(1, seed=1), Neuron(1, seed=2)
    second.w = first.w

    class Tied(Module):
        def __init__(self):
            self.first, self.second = first, second

    names = [name for name, _ in Tied().named_parameters()]
    assert names == ["first.w.0", "first.b", "second.b"]
    assert len(Tied().parameters()) == 3


def test_a_module_may_refer_to_its_parent():
    child, parent = Neuron(1, seed=1), Polynomial()
    child.parent, parent.part = parent, child
    assert len(parent.parameters()) == 7


def test_a_fixed_value_is_saved_and_not_trained():
    neuron = Neuron(2, bias=0.5, train_bias=False, seed=1)
    assert [name for name, _ in neuron.named_parameters()] == ["w.0", "w.1"]
    assert list(neuron.state_dict()) == ["w.0", "w.1", "b"]


def test_a_value_that_is_fixed_in_one_place_is_fixed_in_all():
    bias = Value(0.5)

    class Pair(Module):
        def __init__(self):
            self.first = Neuron(1, bias=bias, seed=1)
            self.second = Neuron(1, bias=bias, train_bias=False, seed=1)

    assert all(value is not bias for value in Pair().parameters())


def test_a_module_that_is_fixed_in_one_place_is_fixed_in_all():
    class Tied(Module):
        fixed = ("teacher",)

        def __init__(self):
            self.student = Neuron(1, seed=1)
            self.teacher = self.student

    assert Tied().parameters() == []
    assert list(Tied().state_dict()) == ["student.w.0", "student.b"]


def test_fixing_an_attribute_fixes_the_modules_in_it():
    model = MLP(2, [3, 1], seed=1)
    model.fixed = ("layers",)
    assert model.parameters() == []
    assert len(model.state_dict()) == 13


def test_zero_grad_reaches_trained_and_fixed_values():
    neuron = Neuron(1, activation="linear", bias=0.5, train_bias=False, seed=1)
    neuron([3.0]).backward()
    assert [value.grad for _, value in neuron.named_values()] == [3.0, 1.0]
    neuron.zero_grad()
    assert [value.grad for _, value in neuron.named_values()] == [0.0, 0.0]


def test_a_module_in_micrograds_style_defines_parameters_itself():
    class Scale(Module):
        def __init__(self):
            self._scale = Value(2.0)

        def __call__(self, x):
            return self._scale * x

        def parameters(self):
            return [self._scale]

    model = Scale()
    model(3.0).backward()
    assert model.parameters()[0].grad == 3.0
    model.zero_grad()
    assert model.parameters()[0].grad == 0.0


def test_the_default_repr_counts_the_parameters():
    assert repr(Polynomial()) == "Polynomial(7 parameters)"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_computes_the_same_and_shares_nothing(copied):
    model = MLP(2, [3, 1], seed=1)
    twin = copied(model)
    assert twin([1.0, 2.0]).data == model([1.0, 2.0]).data
    twin.layers[0].neurons[0].b.data = 9.0
    assert model.layers[0].neurons[0].b.data == 0.0


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=13, max_size=13))
def test_a_state_is_taken_over_exactly(numbers):
    model = MLP(2, [3, 1], seed=1)
    state = dict(zip(model.state_dict(), numbers))
    model.load_state_dict(state)
    assert model.state_dict() == state


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        (
            {"b": None, "w.1": None},
            ValueError,
            "this state does not fit the module: it lacks 'w.1' and 1 more; "
            "build the module with the sizes it was saved with",
        ),
        (
            {"w.2": 1.0},
            ValueError,
            "this state does not fit the module: it has 'w.2' too many; "
            "build the module with the sizes it was saved with",
        ),
        (
            {"b": None, "c": 1.0, "d": 1.0},
            ValueError,
            "this state does not fit the module: it lacks 'b' and has 'c' and 1 more too many; "
            "build the module with the sizes it was saved with",
        ),
        (
            {"b": float("nan")},
            ValueError,
            "the state of 'b' is nan; only finite numbers are saved and loaded",
        ),
        (
            {"b": -float("inf")},
            ValueError,
            "the state of 'b' is -inf; only finite numbers are saved and loaded",
        ),
        (
            {"b": "0.5"},
            TypeError,
            "the state of 'b' must be a number, got '0.5'",
        ),
        (
            {"b": [0.5]},
            TypeError,
            "the state of 'b' must be a number, got [0.5]",
        ),
        (
            {"b": True},
            TypeError,
            "the state of 'b' must be a number, got True",
        ),
    ],
)
def test_a_wrong_state_is_refused_and_changes_nothing(changes, error, message, raises):
    neuron = Neuron(2, seed=1)
    before = neuron.state_dict()
    state = {"w.0": 7.0, "w.1": 8.0, "b": 9.0} | changes
    state = {name: number for name, number in state.items() if number is not None}
    with raises(error, message):
        neuron.load_state_dict(state)
    assert neuron.state_dict() == before


def test_a_state_is_a_dict(raises):
    with raises(TypeError, "a state is a dict of names and numbers, not [1.0, 2.0]"):
        Neuron(1, seed=1).load_state_dict([1.0, 2.0])


def test_a_shared_bias_has_one_name():
    layer = Layer(1, 2, share_bias=True, seed=1)
    assert list(layer.state_dict()) == ["b", "neurons.0.w.0", "neurons.1.w.0"]
    layer.load_state_dict({"b": 0.5, "neurons.0.w.0": 1.0, "neurons.1.w.0": 2.0})
    assert [neuron.b.data for neuron in layer.neurons] == [0.5, 0.5]


def test_a_module_in_pytorchs_style_is_told_what_it_lacks(raises):
    class Net(Module):
        def __init__(self):
            self.w = Value(2.0)

        def forward(self, x):
            return self.w * x

    message = "Net needs a method __call__(inputs), which PyTorch's modules call forward"
    with raises(NotImplementedError, message):
        Net()(3.0)


# -- names that collide ---------------------------------------------------------------------------


class Colliding(Module):
    def __init__(self, parts):
        self.parts = parts


@pytest.mark.parametrize(
    "parts",
    [
        {"a.b": Value(1.0), "a": {"b": Value(2.0)}},
        {1: Value(1.0), "1": Value(2.0)},
        {"0": Value(1.0), 0: Value(2.0)},
        {None: Value(1.0), "None": Value(2.0)},
    ],
)
def test_two_values_of_one_name_are_refused_where_a_state_is_made(parts, tmp_path):
    module = Colliding(parts)
    for use in (
        module.state_dict,
        lambda: module.load_state_dict({}),
        lambda: module.save(tmp_path / "model.json"),
    ):
        with pytest.raises(ValueError, match="two values of this module are called 'parts"):
            use()
    assert len(module.parameters()) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_dict_with_keys_of_any_type_keeps_all_its_values():
    module = Colliding({0: Value(1.0), (1, 2): Value(2.0), "x": Value(3.0)})
    assert module.state_dict() == {"parts.0": 1.0, "parts.(1, 2)": 2.0, "parts.x": 3.0}


def test_a_state_of_numbers_of_numpy_is_loaded_as_python_floats():
    numpy = pytest.importorskip("numpy")
    module = Colliding([Value(1.0), Value(2.0)])
    module.load_state_dict({"parts.0": numpy.float32(0.5), "parts.1": numpy.int64(3)})
    assert [type(value.data) for value in module.parameters()] == [float, float]
    assert module.state_dict() == {"parts.0": 0.5, "parts.1": 3.0}
