"""A Value as a number: what it is made of, how it is written, compared, named and combined."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd_mini as ag
from autograd_mini import Value, label, scope

# -- what it is made of -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (3, 3.0),
        (-0.5, -0.5),
        (True, 1.0),
        (False, 0.0),
        (2**60 + 1, float(2**60)),
        (Fraction(1, 3), 1 / 3),
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.float16(0.25), 0.25),
        (np.int64(-7), -7.0),
        (np.uint8(200), 200.0),
        (np.bool_(True), 1.0),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
    ],
    ids=repr,
)
def test_a_real_number_of_any_kind_becomes_a_float(given: Any, kept: float) -> None:
    x = Value(given)
    assert type(x.data) is float
    assert x.data == kept
    result = Value(1.0) * given
    assert type(result.operands[1]) is float
    assert result.operands[1] == kept


def test_nan_is_a_number_that_a_value_can_hold() -> None:
    assert math.isnan(Value(math.nan).data)


EACH = "make one for each, as in [Value(x) for x in data]"
EACH_OF_AN_ARRAY = "make one for each, as in [Value(x) for x in data.tolist()]"
CONVERT = "convert it first, as in Value(float(x))"
REFUSED = {
    "3.5": f"a Value holds a real number, got '3.5': {CONVERT}",
    b"3": f"a Value holds a real number, got b'3': {CONVERT}",
    1 + 2j: f"a Value holds a real number, got (1+2j): {CONVERT}",
    None: f"a Value holds a real number, got None: {CONVERT}",
    Decimal("1.5"): f"a Value holds a real number, got Decimal('1.5'): {CONVERT}",
    (1.0, 2.0): f"a Value holds one number, got tuple: {EACH}",
    frozenset([1.0]): f"a Value holds one number, got frozenset: {EACH}",
}


@pytest.mark.parametrize(("given", "message"), REFUSED.items(), ids=map(repr, REFUSED))
def test_a_value_of_another_object_than_a_real_number_is_refused_with_advice(
    given: Any, message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        Value(given)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1.0, 2.0], f"a Value holds one number, got list: {EACH}"),
        ({}, f"a Value holds one number, got dict: {EACH}"),
        (np.ones(2), f"a Value holds one number, got ndarray: {EACH_OF_AN_ARRAY}"),
        (np.ones((1, 1)), f"a Value holds one number, got ndarray: {EACH_OF_AN_ARRAY}"),
        (np.array(2.0), f"a Value holds a real number, got array(2.): {CONVERT}"),
        (
            Value(1.0),
            "Value() takes a number, got a Value: use it as it is, or Value(x.data) for a leaf",
        ),
    ],
    ids=["list", "dict", "array", "matrix", "array of no dimensions", "Value"],
)
def test_a_value_of_a_collection_or_a_value_is_refused_with_advice(
    given: Any, message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        Value(given)
    assert str(caught.value) == message


def test_a_value_of_a_pytorch_tensor_is_refused_with_advice() -> None:
    torch = pytest.importorskip("torch")
    for given, message in [
        (torch.ones(2), f"a Value holds one number, got Tensor: {EACH_OF_AN_ARRAY}"),
        (torch.tensor(2.0), f"a Value holds a real number, got tensor(2.): {CONVERT}"),
    ]:
        with pytest.raises(TypeError) as caught:
            Value(given)
        assert str(caught.value) == message
        with pytest.raises(TypeError):
            given * Value(1.0)
        with pytest.raises(TypeError):
            Value(1.0) * given


def test_the_advice_of_the_refusals_works() -> None:
    data = np.array([1.0, 2.0])
    assert [Value(x).data for x in data.tolist()] == [1.0, 2.0]
    assert Value(float("3.5")).data == 3.5
    assert Value(float(np.array(2.0))).data == 2.0


def test_a_new_value_is_a_leaf_without_gradient() -> None:
    x = Value(2.0)
    assert (x.data, x.grad, x.has_grad, x.label, x.scope) == (2.0, 0.0, False, "", ())
    assert (x.op, x.operands, x.partials) == (None, (), ())


# -- NumPy beside it ----------------------------------------------------------------------------


def test_a_numpy_scalar_combines_from_either_side() -> None:
    v = Value(3.0)
    assert (np.int64(2) * v).data == (v * np.int64(2)).data == 6.0
    assert (np.float64(2) - v).data == -1.0
    assert (np.float32(6) / v).data == 2.0
    assert (np.int64(2) ** v).data == 8.0
    assert (np.bool_(True) + v).data == 4.0
    for result in (np.int64(2) * v, np.float64(2) * v):
        assert isinstance(result, Value)
        assert result.operands == (2.0, v)
        assert type(result.operands[0]) is float


def test_an_array_combines_with_a_value_element_by_element() -> None:
    array, v = np.array([1.0, 2.0]), Value(3.0)
    for products in (array * v, v * array, np.multiply(array, v)):
        assert [product.data for product in products] == [3.0, 6.0]
    (array * v).sum().backward()
    assert v.grad == 3.0


def test_functions_of_numpy_are_recorded() -> None:
    x, y = Value(0.5), Value(2.0)
    for function, name in [
        (np.exp, "exp"),
        (np.tanh, "tanh"),
        (np.arcsin, "asin"),
        (np.abs, "abs"),
    ]:
        assert function(x)._op == name
        assert function(np.array([x, y - 1.5]))[1]._op == name
    z = np.mean([x, y]) + np.var([x, y]) + np.dot([x, y], [1.0, 2.0]) + np.sum([x, y])
    z.backward()
    # 1/2 + (x - y)/2 + 1 + 1 with respect to x; var is (x - y)**2 / 4.
    assert (x.grad, y.grad) == (1.75, 4.25)
    assert np.round(y, 1) == 2.0


def test_a_fraction_combines_from_either_side() -> None:
    v = Value(2.0)
    assert (Fraction(1, 2) * v).data == (v * Fraction(1, 2)).data == 1.0
    assert (Fraction(1, 4) ** v).data == 0.0625


# -- its operators ------------------------------------------------------------------------------


OPERATORS: dict[str, tuple[Callable[[Any, Any], Any], ag.Operation, float]] = {
    "+": (lambda a, b: a + b, ag.add, 8.0),
    "-": (lambda a, b: a - b, ag.sub, 4.0),
    "*": (lambda a, b: a * b, ag.mul, 12.0),
    "/": (lambda a, b: a / b, ag.div, 3.0),
    "**": (lambda a, b: a**b, ag.pow, 36.0),
}


@pytest.mark.parametrize(("f", "row", "expected"), OPERATORS.values(), ids=OPERATORS)
def test_an_operator_records_one_operation_of_its_own(
    f: Callable[[Any, Any], Any], row: ag.Operation, expected: float
) -> None:
    """a - b is not recorded as a + b * -1, nor a / b as a * b**-1."""
    a, b = Value(6.0), Value(2.0)
    for result, operands in [
        (f(a, b), (a, b)),
        (f(a, 2), (a, 2.0)),
        (f(6, b), (6.0, b)),
        (f(a, 2.0), (a, 2.0)),
        (f(6.0, b), (6.0, b)),
        (row(a, b), (a, b)),
    ]:
        assert (result.data, result.op, result.operands) == (expected, row, operands)


def test_an_operation_has_the_symbol_of_its_operator() -> None:
    assert {symbol: row.symbol for symbol, (_, row, _) in OPERATORS.items()} == {
        symbol: symbol for symbol in OPERATORS
    }
    assert (ag.neg.symbol, ag.tanh.symbol, ag.maximum.symbol) == ("-", "tanh", "maximum")


def test_minus_is_an_operation_and_plus_is_not() -> None:
    x = Value(-2.0)
    assert ((-x).data, (-x).op, (-x).operands) == (2.0, ag.neg, (x,))
    assert (abs(x).data, abs(x).op, abs(x).operands) == (2.0, ag.abs, (x,))
    assert +x is x


def test_operands_are_in_order_and_with_multiplicity() -> None:
    v = Value(3.0)
    assert (v * v).operands == (v, v)
    assert (v * v).partials == (3.0, 3.0)
    assert (v - v).partials == (1.0, -1.0)


def test_assignment_with_an_operator_makes_a_new_value() -> None:
    a = before = Value(1.0, label="a")
    a += 1
    a *= 3
    a -= 2
    a /= 2
    a **= 2
    assert (a.data, before.data, before.label) == (4.0, 1.0, "a")
    assert a is not before
    a.backward()
    assert before.grad == 6.0


def test_values_are_summed_by_sum() -> None:
    xs = [Value(1.0), Value(2.0), Value(3.5)]
    total = sum(xs)
    total.backward()
    assert total.data == 6.5
    assert [x.grad for x in xs] == [1.0, 1.0, 1.0]
    assert sum(xs, Value(1.0)).data == 7.5


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda v: v + None, "unsupported operand type(s) for +: 'Value' and 'NoneType'"),
        (lambda v: "a" - v, "unsupported operand type(s) for -: 'str' and 'Value'"),
        (lambda v: v * 1j, "unsupported operand type(s) for *: 'Value' and 'complex'"),
        (lambda v: {1} / v, "unsupported operand type(s) for /: 'set' and 'Value'"),
        (lambda v: v ** "2", "unsupported operand type(s) for ** or pow(): 'Value' and 'str'"),
        (lambda v: v // 2, "a Value has no //; write math.floor(x / y), which is a number"),
        (lambda v: v < "2", "'<' not supported between instances of 'float' and 'str'"),
    ],
)
def test_operators_refuse_other_objects_than_numbers(
    mistake: Callable[[Value], Any], message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        mistake(Value(1.0))
    assert str(caught.value) == message


# -- where it stands for its number -------------------------------------------------------------


def test_values_are_ordered_by_their_numbers() -> None:
    one, two = Value(1.0), Value(2.0)
    assert [one < two, one <= two, one > two, one >= two] == [True, True, False, False]
    assert [one < 1, one <= 1, one > 1, one >= 1] == [False, True, False, True]
    numbers_first = [0.5 < one, 1 <= one, 1.5 > one, 1 >= one]  # noqa: SIM300  what is tested
    assert numbers_first == [True, True, True, True]
    assert [np.float64(2.0) > one, np.int64(0) >= one] == [True, False]
    assert max(one, two) is two
    assert sorted([two, one], key=float) == sorted([two, one]) == [one, two]
    nan = Value(math.nan)
    assert [nan < one, nan <= one, nan > one, nan >= one, nan <= nan] == [False] * 5


def test_values_are_equal_only_to_themselves() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert a != 1.0
    assert len({a, b, a}) == 2
    table = {a: "a", b: "b"}
    assert (table[a], table[b]) == ("a", "b")
    a.data = 5.0
    assert table[a] == "a"


def test_a_value_converts_to_a_float() -> None:
    assert float(Value(2.5)) == 2.5
    assert type(float(Value(2))) is float
    assert math.floor(float(Value(2.5))) == 2
    assert np.array([float(Value(1.0))]).dtype == np.float64


def test_a_value_is_formatted_as_its_number() -> None:
    v = Value(0.7513650695523157, label="out")
    assert f"{v:.4f}" == "0.7514"
    assert f"{v:10.3e}|" == " 7.514e-01|"
    assert format(v, "+.2f") == "+0.75"
    assert f"{v}" == str(v) == repr(v) == "Value(data=0.7513650695523157, label='out')"
    with pytest.raises(ValueError, match=r"Unknown format code 'd'"):
        format(v, "d")


def test_the_repr_of_a_value_has_its_gradient_after_a_backward_pass() -> None:
    x = Value(3, label="x")
    y = x * x
    assert (repr(x), repr(y)) == ("Value(data=3.0, label='x')", "Value(data=9.0)")
    y.backward()
    assert repr(x) == "Value(data=3.0, grad=6.0, label='x')"
    assert repr(y) == "Value(data=9.0, grad=1.0)"
    assert repr(Value(1.0, label="it's")) == 'Value(data=1.0, label="it\'s")'


def test_data_and_gradient_of_a_value_can_be_assigned() -> None:
    w = Value(0.4)
    loss = (w - 1) ** 2
    loss.backward()
    w.data -= 0.5 * w.grad
    assert w.data == 1.0
    w.grad = 0.0
    assert ((w - 1) ** 2).data == 0.0


# -- names --------------------------------------------------------------------------------------


def test_a_value_assigned_as_data_is_refused_in_the_next_operation() -> None:
    w = Value(3.0, label="w")
    step = w - 0.1  # of which .data was meant

    def assign_and(compute: Callable[[], Value]) -> None:
        w.data = step  # type: ignore[assignment]
        compute()

    for computed in (lambda: w * 2.0, lambda: 2.0 + w, lambda: -w, lambda: w.relu()):
        with pytest.raises(
            TypeError, match=r"set to Value\(data=2\.9\): set it to the data of that Value$"
        ):
            assign_and(computed)


def test_a_label_is_given_at_the_start_or_later() -> None:
    x = Value(1.0, label="i1")
    y = x * 2
    assert (x.label, y.label) == ("i1", "")
    y.label = "net_h1"
    x.label = ""
    assert (x.label, y.label) == ("", "net_h1")
    assert Value(1.0, "w").label == "w"


def test_label_names_many_values_at_once() -> None:
    a, b = Value(1.0), Value(2.0)
    c = a + b
    label(a=a, b=b, net_h1=c)
    assert [value.label for value in (a, b, c)] == ["a", "b", "net_h1"]
    label()


def test_label_names_nothing_if_one_keyword_is_not_a_value() -> None:
    a = Value(1.0)
    with pytest.raises(TypeError) as caught:
        label(a=a, b=2.0)
    assert str(caught.value) == "label(b=...) names a Value, got 2.0"
    assert a.label == ""


@pytest.mark.parametrize("wrong", [3, None, b"w", ["w"]])
def test_a_label_that_is_not_a_string_is_refused(wrong: Any) -> None:
    message = f"a label is a string, got {wrong!r}"
    with pytest.raises(TypeError) as caught:
        Value(1.0, label=wrong)
    assert str(caught.value) == message
    x = Value(1.0, label="x")
    with pytest.raises(TypeError) as caught:
        x.label = wrong
    assert str(caught.value) == message
    assert x.label == "x"


def test_values_carry_the_scopes_that_they_were_made_in() -> None:
    outside = Value(1.0)
    with scope("layer 1"):
        weight = Value(2.0, label="w")
        with scope("neuron 2"):
            inside = weight * outside
        after = weight + 1
    assert outside.scope == ()
    assert (weight.scope, weight.label) == (("layer 1",), "w")
    assert inside.scope == ("layer 1", "neuron 2")
    assert after.scope == ("layer 1",)
    assert (outside * 2).scope == ()


def test_every_operation_is_in_the_scope_also_where_it_needs_care() -> None:
    with scope("s"):
        x = Value(0.0)
        made = [x.sqrt(), x + 1, 1 - x, -x, ag.maximum(x, x), x ** Value(0.5), ag.pow(2.0, x)]
    assert [value.scope for value in made] == [("s",)] * 7


def test_a_later_label_keeps_the_scope() -> None:
    with scope("layer 1"):
        x, y = Value(1.0), Value(2.0)
    x.label = "x"
    assert (x.label, x.scope, y.label, y.scope) == ("x", ("layer 1",), "", ("layer 1",))


def test_a_scope_is_entered_many_times_and_at_many_places() -> None:
    layer, neuron = scope("layer"), scope("neuron")
    found = []
    for _ in range(2):
        with layer, neuron:
            found.append(Value(1.0).scope)
        with neuron:
            found.append(Value(1.0).scope)
            with neuron, layer:
                found.append(Value(1.0).scope)
            found.append(Value(1.0).scope)
    assert found == [
        ("layer", "neuron"),
        ("neuron",),
        ("neuron", "neuron", "layer"),
        ("neuron",),
    ] * 2  # fmt: skip
    assert Value(1.0).scope == ()


def test_a_scope_ends_with_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), scope("outer"), scope("inner"):
        raise ZeroDivisionError
    with scope("outer"):
        with pytest.raises(ag.DomainError), scope("inner"):
            Value(0.0).log()
        assert Value(1.0).scope == ("outer",)
    assert Value(1.0).scope == ()


def test_a_scope_name_that_is_not_a_string_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        scope(3)  # type: ignore[arg-type]
    assert str(caught.value) == "a scope is named by a string, got 3"


def test_a_leaf_of_a_subclass_keeps_its_class() -> None:
    class Weight(Value):
        __slots__ = ()

        def decayed(self) -> float:
            return 0.5 * self.data

    weight = Weight(4.0, label="w")
    (weight * weight).backward()
    assert (type(weight), weight.decayed(), weight.grad) == (Weight, 2.0, 8.0)


def test_an_int_assigned_as_data_converts_to_a_float() -> None:
    x = Value(1.0)
    x.data = 2  # as an optimizer might
    assert repr(float(x)) == "2.0"
    assert repr((x * 1.5).data) == "3.0"
