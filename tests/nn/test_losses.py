"""Losses: their values and gradients, at ordinary points and at the edge of floats."""

import math
import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd_mini import DomainError, Value, gradients, sigmoid, topological_order

LARGEST = 1e308


def differentiated(loss, outputs, targets):
    """The value of a loss and its derivatives with respect to the outputs."""
    values = [Value(output) for output in outputs]
    result = loss(values, targets)
    result.backward()
    return result.data, [value.grad for value in values]


@pytest.mark.parametrize(
    ("loss", "outputs", "targets", "value", "gradient"),
    [
        (nn.half_squared_error, [0.5, 2.0], [1.0, 0.0], 2.125, [-0.5, 2.0]),
        (nn.sum_of_squares, [0.5, 2.0], [1.0, 0.0], 4.25, [-1.0, 4.0]),
        (nn.mean_squared_error, [0.5, 2.0], [1.0, 0.0], 2.125, [-0.5, 2.0]),
        (nn.hinge, [0.5, 3.0], [1, 1], 0.25, [-0.5, 0.0]),
        (nn.hinge, [0.5, -3.0], [-1, 1], 2.75, [0.5, -0.5]),
        (nn.hinge, [1.0], [1], 0.0, [0.0]),
        (nn.binary_cross_entropy, [0.25], [1], math.log(4), [-4.0]),
        (nn.binary_cross_entropy, [0.25], [0], math.log(4 / 3), [4 / 3]),
        (nn.binary_cross_entropy, [0.5], [0.5], math.log(2), [0.0]),
        (nn.binary_cross_entropy, [0.5, 0.25], [1, 1], math.log(8) / 2, [-1.0, -2.0]),
        (nn.binary_cross_entropy_from_logits, [0.0], [1], math.log(2), [-0.5]),
        (nn.binary_cross_entropy_from_logits, [0.0, 0.0], [1, 0], math.log(2), [-0.25, 0.25]),
        (nn.softmax_cross_entropy, [0.0, 0.0, 0.0, 0.0], 2, math.log(4), [0.25, 0.25, -0.75, 0.25]),
        (nn.softmax_cross_entropy, [0.0, 0.0], [0, 1], math.log(2), [0.5, -0.5]),
        (nn.softmax_cross_entropy, [0.0, 0.0], [0.25, 0.75], math.log(2), [0.25, -0.25]),
    ],
)
def test_values_and_gradients_worked_by_hand(loss, outputs, targets, value, gradient):
    result, derivatives = differentiated(loss, outputs, targets)
    assert result == pytest.approx(value, rel=1e-15)
    assert derivatives == pytest.approx(gradient, rel=1e-15)


@given(
    st.lists(st.floats(-20, 20), min_size=1, max_size=4),
    st.sampled_from(
        ["mean_squared_error", "binary_cross_entropy_from_logits", "softmax_cross_entropy"]
    ),
    st.data(),
)
def test_losses_agree_with_pytorch(outputs, name, data):
    torch = pytest.importorskip("torch")
    reference = {
        "mean_squared_error": torch.nn.functional.mse_loss,
        "binary_cross_entropy_from_logits": torch.nn.functional.binary_cross_entropy_with_logits,
        "softmax_cross_entropy": torch.nn.functional.cross_entropy,
    }[name]
    if name == "softmax_cross_entropy":
        outputs = [*outputs, 0.0]
        targets = data.draw(st.integers(0, len(outputs) - 1))
        torch_targets = torch.tensor(targets)
    else:
        targets = [data.draw(st.floats(0, 1)) for _ in outputs]
        torch_targets = torch.tensor(targets, dtype=torch.float64)
    tensor = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    expected = reference(tensor, torch_targets)
    expected.backward()
    value, gradient = differentiated(getattr(nn, name), outputs, targets)
    assert value == pytest.approx(expected.item(), rel=1e-12, abs=1e-14)
    assert gradient == pytest.approx(tensor.grad.tolist(), rel=1e-12, abs=1e-14)


def test_one_output_and_one_target_need_no_list():
    assert nn.half_squared_error(Value(0.5), 1.0).data == 0.125
    assert nn.half_squared_error(Value(0.5), [1.0]).data == 0.125
    assert nn.half_squared_error([Value(0.5)], 1.0).data == 0.125


def test_targets_may_be_values_and_outputs_numbers():
    target = Value(1.0)
    nn.half_squared_error(0.5, target).backward()
    assert target.grad == 0.5
    assert nn.hinge(Value(0.5), Value(1.0)).data == 0.5


def test_a_loss_of_one_output_records_no_sum_and_no_mean():
    operations = [v.op.name for v in topological_order(nn.mean_squared_error(Value(1), 2)) if v.op]
    assert operations == ["sub", "pow"]


@pytest.mark.parametrize(("p", "t", "derivative"), [(0.0, 0, 1.0), (1.0, 1, -1.0)])
def test_a_certain_and_right_probability_costs_nothing(p, t, derivative):
    assert differentiated(nn.binary_cross_entropy, [p], [t]) == (0.0, [derivative])


@pytest.mark.parametrize("x", [LARGEST, -LARGEST, 1000.0, -1000.0])
@pytest.mark.parametrize("t", [0, 1, 0.5])
def test_cross_entropy_from_logits_neither_overflows_nor_forgets(x, t):
    value, (derivative,) = differentiated(nn.binary_cross_entropy_from_logits, [x], [t])
    assert value == max(x, 0) - t * x
    assert derivative == (1 if x > 0 else 0) - t


@given(st.floats(0, 700))
def test_a_small_cross_entropy_keeps_its_digits(x):
    value, (derivative,) = differentiated(nn.binary_cross_entropy_from_logits, [x], [1])
    assert value == pytest.approx(math.log1p(math.exp(-x)), rel=1e-15, abs=0)
    assert derivative == pytest.approx(-1 / (1 + math.exp(x)), rel=1e-14, abs=0)


@given(st.floats(-30, 30), st.floats(0, 1))
def test_both_binary_cross_entropies_are_the_same_function(x, t):
    logit = nn.binary_cross_entropy_from_logits(Value(x), t)
    assert nn.binary_cross_entropy(sigmoid(Value(x)), t).data == pytest.approx(
        logit.data, rel=1e-3, abs=1e-15
    )


def test_a_class_may_be_counted_by_numpy():
    numpy = pytest.importorskip("numpy")
    for target in (numpy.int64(1), numpy.uint8(1)):
        found = differentiated(nn.softmax_cross_entropy, [0.0, 0.0], target)
        assert found == (math.log(2), [0.5, -0.5])


@pytest.mark.parametrize(
    ("logits", "target", "value", "gradient"),
    [
        ([LARGEST, LARGEST], 0, math.log(2), [-0.5, 0.5]),
        ([LARGEST, 0.0], 0, 0.0, [0.0, 0.0]),
        ([LARGEST, 0.0], 1, LARGEST, [1.0, -1.0]),
        ([-LARGEST, -LARGEST], 1, math.log(2), [0.5, -0.5]),
        ([LARGEST, -LARGEST], 0, 0.0, [0.0, 0.0]),
    ],
)
def test_softmax_cross_entropy_does_not_overflow(logits, target, value, gradient):
    result, derivatives = differentiated(nn.softmax_cross_entropy, logits, target)
    # At 1e308 neighbouring floats are 2e292 apart, so log(2) is lost beside it.
    assert result == pytest.approx(value, abs=abs(logits[0]) * sys.float_info.epsilon)
    assert derivatives == gradient


@pytest.mark.parametrize(
    ("loss", "outputs", "targets", "error", "message"),
    [
        (
            nn.half_squared_error,
            [0.5],
            [1.0, 0.0],
            ValueError,
            "a loss needs one target for each output, not 1 output and 2 targets: "
            "[0.5] and [1.0, 0.0]",
        ),
        (
            nn.hinge,
            [],
            [],
            ValueError,
            "a loss needs one target for each output, not 0 outputs and 0 targets: [] and []",
        ),
        (
            nn.hinge,
            [0.5],
            [0],
            ValueError,
            "the hinge loss needs targets of -1 or 1, not 0; if yours are 0 and 1, "
            "use 2 * target - 1",
        ),
        (
            nn.binary_cross_entropy,
            [0.0],
            [1],
            ValueError,
            "the cross-entropy of probability 0 is infinite for target 1; "
            "leave out the sigmoid and use binary_cross_entropy_from_logits",
        ),
        (
            nn.binary_cross_entropy,
            [1.0],
            [0.25],
            ValueError,
            "the cross-entropy of probability 1 is infinite for target 0.25; "
            "leave out the sigmoid and use binary_cross_entropy_from_logits",
        ),
        (
            nn.binary_cross_entropy,
            [1.5],
            [1],
            ValueError,
            "a cross-entropy needs every output to be a probability from 0 to 1, got 1.5; "
            "use binary_cross_entropy_from_logits for outputs without a sigmoid",
        ),
        (
            nn.binary_cross_entropy_from_logits,
            [1.5],
            [-1],
            ValueError,
            "a cross-entropy needs every target to be a probability from 0 to 1, got -1; "
            "if yours are -1 and 1, use (target + 1) / 2",
        ),
        (
            nn.softmax_cross_entropy,
            [1.5],
            0,
            ValueError,
            "a softmax needs two outputs or more, got 1; "
            "for one output use binary_cross_entropy_from_logits",
        ),
        (
            nn.softmax_cross_entropy,
            [1.5, 2.5],
            2,
            ValueError,
            "the target class must be a whole number from 0 to 1, not 2; "
            "classes are counted from 0",
        ),
        (
            nn.softmax_cross_entropy,
            [1.5, 2.5],
            -1,
            ValueError,
            "the target class must be a whole number from 0 to 1, not -1; "
            "classes are counted from 0",
        ),
        (
            nn.softmax_cross_entropy,
            [1.5, 2.5],
            1.0,
            TypeError,
            "the target must be a class number or 2 probabilities, not 1.0",
        ),
        (
            nn.softmax_cross_entropy,
            [1.5, 2.5],
            [0.5, 0.6],
            ValueError,
            "the target must be 2 probabilities that add up to 1, not [0.5, 0.6]",
        ),
    ],
)
def test_mistakes_are_explained(loss, outputs, targets, error, message, raises):
    with raises(error, message):
        loss(outputs, targets)


# -- beside 50 digits -----------------------------------------------------------------------------

LOGITS = [0.0, -0.0, 0.5, -3.0, 40.0, -40.0, 700.0, -745.0, 1e17, -1e17, 1e300, 1e308, -1e308]


def agrees(found, exact, ulps=16):
    """Whether a float is an exact number to rounding, or both are below the normal floats."""
    exact = float(exact)
    return abs(found - exact) <= ulps * math.ulp(exact)


@pytest.fixture
def mpmath():
    found = pytest.importorskip("mpmath")
    with found.workdps(50):
        yield found


def exact_surprise(mpmath, logits, target):
    """-log(softmax(logits)[target]) in 50 digits."""
    chosen = mpmath.mpf(logits[target])
    differences = [mpmath.mpf(x) - chosen for k, x in enumerate(logits) if k != target]
    largest = max(0, *differences)

    def exp(x):
        return mpmath.exp(x) if x > -1e4 else 0  # else of more digits than there is memory for

    if largest == 0:
        return mpmath.log1p(mpmath.fsum(map(exp, differences)))
    return largest + mpmath.log(exp(-largest) + mpmath.fsum(exp(d - largest) for d in differences))


@pytest.mark.parametrize("count", [2, 3, 10])
def test_softmax_cross_entropy_is_exact_to_rounding_at_logits_of_any_size(mpmath, count):
    generator = random.Random(count)
    for _ in range(400):
        logits = [generator.choice(LOGITS) + generator.choice([0.0, 1.0]) for _ in range(count)]
        target = generator.randrange(count)
        exact = exact_surprise(mpmath, logits, target)
        if exact > sys.float_info.max:
            with pytest.raises(DomainError, match="overflows"):
                nn.softmax_cross_entropy(logits, target)
        else:
            found = nn.softmax_cross_entropy(logits, target).data
            assert agrees(found, exact), (logits, target, found, exact)


def test_two_equal_logits_of_any_size_cost_log_2():
    for logit in (0.0, 1e3, 1e17, -1e17, 1e300):
        assert nn.softmax_cross_entropy([Value(logit), Value(logit)], 0).data == math.log(2.0)


@pytest.mark.parametrize("target", [0.0, 1.0, 0.25])
@pytest.mark.parametrize("logit", LOGITS)
def test_binary_cross_entropy_from_logits_is_exact_to_rounding(mpmath, logit, target):
    def softplus(x):
        return max(x, 0) + (mpmath.log1p(mpmath.exp(-abs(x))) if abs(x) < 1e4 else 0)

    x, t = mpmath.mpf(logit), mpmath.mpf(target)
    exact = t * softplus(-x) + (1 - t) * softplus(x)
    assert agrees(nn.binary_cross_entropy_from_logits(Value(logit), target).data, exact)


def is_right(found, terms):
    """Whether a derivative is the sum of its terms, but for rounding errors of the largest."""
    return abs(found - sum(terms)) <= 4 * math.ulp(float(max(map(abs, terms))))


@pytest.mark.parametrize("target", [0.0, 1.0, 0.25, 0.5, 1e-17])
@pytest.mark.parametrize("logit", [*LOGITS, 1e-17, -1e-17, 5e-324])
def test_the_derivative_of_a_binary_cross_entropy_is_right_to_its_larger_term(
    mpmath, logit, target
):
    def sigmoid(x):
        return 1 / (1 + mpmath.exp(-x)) if abs(x) < 1e4 else mpmath.mpf(x > 0)

    x, t = mpmath.mpf(logit), mpmath.mpf(target)
    _, found = differentiated(nn.binary_cross_entropy_from_logits, [logit], [target])
    assert is_right(found[0], [(1 - t) * sigmoid(x), -t * sigmoid(-x)]), found


@pytest.mark.parametrize("count", [2, 3, 10])
def test_the_derivatives_of_a_softmax_cross_entropy_are_right_to_their_largest_term(mpmath, count):
    generator = random.Random(count)
    for _ in range(200):
        logits = [generator.choice(LOGITS) + generator.choice([0.0, 1.0]) for _ in range(count)]
        weights = [generator.random() for _ in logits]
        weights = [weight / sum(weights) for weight in weights]
        target = generator.choice([generator.randrange(count), weights])
        try:
            _, found = differentiated(nn.softmax_cross_entropy, logits, target)
        except DomainError:  # a cost above all floats, which the values are tested for
            continue
        if target is not weights:
            weights = [float(k == target) for k in range(count)]
        top = max(logits)
        parts = [mpmath.exp(max(mpmath.mpf(x) - top, -1e4)) for x in logits]
        for k, slope in enumerate(found):
            others = mpmath.fsum(part for j, part in enumerate(parts) if j != k)
            rest = mpmath.fsum(weight for j, weight in enumerate(weights) if j != k)
            terms = [rest * parts[k], -weights[k] * others]
            assert is_right(slope, [term / sum(parts) for term in terms]), (logits, target, k)


@pytest.mark.parametrize("target", [0.0, 0.3, -1e17, 1e150])
@pytest.mark.parametrize("output", [x for x in LOGITS if abs(x) < 1e300])
def test_squared_errors_and_their_derivatives_are_exact_to_rounding(mpmath, output, target):
    difference = mpmath.mpf(output) - mpmath.mpf(target)
    for loss, factor in (
        (nn.half_squared_error, 1),
        (nn.sum_of_squares, 2),
        (nn.mean_squared_error, 2),
    ):
        value, (slope,) = differentiated(loss, [output], [target])
        assert agrees(value, factor * difference**2 / 2, ulps=2)
        assert agrees(slope, factor * difference, ulps=1)


@pytest.mark.parametrize("score", LOGITS)
@pytest.mark.parametrize("target", [-1, 1])
def test_hinge_is_exact_to_rounding(mpmath, score, target):
    exact = max(0, 1 - target * mpmath.mpf(score))
    assert agrees(nn.hinge(Value(score), target).data, exact, ulps=1)


def test_a_mean_of_losses_whose_sum_overflows_is_their_mean():
    outputs = [Value(-1e308), Value(-1e308), Value(-1e308)]
    assert nn.hinge(outputs, [1, 1, 1]).data == pytest.approx(1e308, rel=1e-15)
    assert nn.binary_cross_entropy_from_logits(outputs, [1, 1, 1]).data == pytest.approx(1e308)


@pytest.mark.parametrize("chosen", [-800.0, -1e17, -1e308])
def test_scores_far_above_the_chosen_one_keep_their_derivatives(chosen):
    value, gradient = differentiated(nn.softmax_cross_entropy, [chosen, 1e3, 1e3, -36.7], 0)
    assert value == pytest.approx(1e3 - chosen + math.log(2), rel=1e-15)
    assert gradient == pytest.approx([-1.0, 0.5, 0.5, 0.0], abs=1e-15)


def test_a_weighted_cross_entropy_is_finite_where_its_terms_overflow():
    scores = [Value(-1.7e308), Value(1.7e308)]
    loss = nn.softmax_cross_entropy(scores, [0.25, 0.75])
    assert loss.data == 8.5e307
    assert gradients(loss, scores) == [-0.25, 0.25]
