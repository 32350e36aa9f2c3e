"""save() and load(): exact, never half a file, and no file can do harm."""

import json
import math
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd_mini import Value
from nn import MLP, Neuron


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


@pytest.fixture
def neuron():
    return Neuron(2, seed=1)


def test_a_saved_module_comes_back_exactly(path):
    model, other = MLP(2, [16, 16, 1], seed=1), MLP(2, [16, 16, 1], seed=2)
    model.save(path)
    other.load(path)
    assert other.state_dict() == model.state_dict()


@given(x=st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_comes_back_exactly(tmp_path_factory, x):
    path = tmp_path_factory.mktemp("saved") / "model.json"
    neuron, other = Neuron(1, bias=x, seed=1), Neuron(1, seed=2)
    neuron.save(path)
    other.load(path)
    assert other.b.data == x
    assert math.copysign(1.0, other.b.data) == math.copysign(1.0, x)


def test_the_file_is_json_that_says_what_it_is(path, neuron):
    neuron.save(path)
    assert json.loads(path.read_text()) == {
        "format": "autograd_mini.nn",
        "version": 1,
        "values": neuron.state_dict(),
    }


def test_a_file_reformatted_by_hand_still_loads(path):
    model = MLP(2, [16, 1], seed=1)
    model.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=16))
    model.load(path)


def test_a_file_that_an_editor_of_windows_wrote_still_loads(path, neuron):
    neuron.save(path)
    before = neuron.state_dict()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    neuron.load(path)
    assert neuron.state_dict() == before


def test_a_saved_file_has_the_permissions_of_any_new_file(path, neuron):
    neuron.save(path)
    other = path.with_name("other")
    other.write_text("")
    assert path.stat().st_mode == other.stat().st_mode


def test_saving_replaces_the_file_and_leaves_no_other(path, neuron):
    path.write_text("old")
    neuron.save(str(path))
    neuron.load(str(path))
    assert os.listdir(path.parent) == ["model.json"]


def test_saving_through_a_link_replaces_the_file_it_points_to(path, neuron):
    link = path.with_name("link.json")
    link.symlink_to(path)
    neuron.save(link)
    assert link.is_symlink()
    neuron.load(path)


def test_nan_is_not_saved_and_the_old_file_stays(path, neuron, raises):
    path.write_text("old")
    neuron.b.data = math.nan
    with raises(ValueError, "the state of 'b' is nan; only finite numbers are saved and loaded"):
        neuron.save(path)
    assert path.read_text() == "old"


def test_a_folder_that_does_not_exist(tmp_path, neuron, raises):
    path = tmp_path / "missing" / "model.json"
    with raises(
        FileNotFoundError,
        f"cannot write '{path}': there is no folder '{path.parent}'; create it first",
    ):
        neuron.save(path)


def test_a_folder_in_the_place_of_the_file(path, neuron, raises):
    path.mkdir()
    with raises(IsADirectoryError, f"cannot write '{path}': it is a folder; choose another place"):
        neuron.save(path)
    assert os.listdir(path.parent) == ["model.json"]


def test_a_pipe_or_device_in_the_place_of_the_file_is_left_alone(path, neuron, raises):
    os.mkfifo(path)
    with raises(OSError, f"cannot write '{path}': it is a device or a pipe; choose another place"):
        neuron.save(path)
    assert path.is_fifo()
    assert os.listdir(path.parent) == ["model.json"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_a_place_that_cannot_be_written(neuron, raises):
    with raises(
        OSError,
        "cannot write '/proc/model.json': no such file or directory; choose another place",
    ):
        neuron.save("/proc/model.json")


def test_a_missing_file(path, neuron, raises):
    with raises(
        FileNotFoundError,
        f"cannot load '{path}': no such file or directory; "
        "give the path of a file that save() wrote",
    ):
        neuron.load(path)


def test_a_folder_is_not_loaded(tmp_path, neuron, raises):
    with raises(
        ValueError, f"cannot load '{tmp_path}': it is not a file; give the path of a saved one"
    ):
        neuron.load(tmp_path)


def test_a_pipe_is_not_waited_for(path, neuron, raises):
    os.mkfifo(path)
    with raises(
        ValueError, f"cannot load '{path}': it is not a file; give the path of a saved one"
    ):
        neuron.load(path)


STATE = b'{"format": "autograd_mini.nn", "version": 1, "values": {"w.0": 7, "w.1": 8, "b": 9}}'
NOT_JSON = "it is not complete JSON; save the module again"
NO_FORMAT = (
    "it is JSON, but no module was saved in it (no format 'autograd_mini.nn'); "
    "give the path of a file that save() wrote"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", NOT_JSON),
        (STATE[:-10], NOT_JSON),
        (b"\xff\xfe\x00", NOT_JSON),
        (b"\x80\x04\x95.", NOT_JSON),
        (b"[" * 10_000, NOT_JSON),
        (b"[]", NO_FORMAT),
        (b"null", NO_FORMAT),
        (b'{"w.0": 7, "w.1": 8, "b": 9}', NO_FORMAT),
        (STATE.replace(b"mini.nn", b"mini.zz"), NO_FORMAT),
        (
            STATE.replace(b"1,", b"2,", 1),
            "its version is 2, and this program reads version 1; "
            "save it again with this program, or update",
        ),
        (STATE.replace(b"values", b"value"), "it has no values; save the module again"),
        (
            STATE.replace(b"{", b'{"x": "' + b"x" * 20_000 + b'", ', 1),
            "it is larger than 10607 bytes, more than this module's values can take; "
            "it was saved from another module",
        ),
    ],
)
def test_a_file_that_save_did_not_write_is_refused(path, neuron, content, reason, raises):
    path.write_bytes(content)
    before = neuron.state_dict()
    with raises(ValueError, f"cannot load '{path}': {reason}"):
        neuron.load(path)
    assert neuron.state_dict() == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_a_number_that_is_not_finite_is_refused(path, neuron, number):
    path.write_bytes(STATE.replace(b"9", number.encode()))
    before = neuron.state_dict()
    with pytest.raises(ValueError, match=r"the state of 'b' is .* only finite numbers are saved"):
        neuron.load(path)
    assert neuron.state_dict() == before


def test_a_number_in_quotes_is_refused(path, neuron, raises):
    path.write_bytes(STATE.replace(b"9", b'"9"'))
    before = neuron.state_dict()
    with raises(ValueError, f"cannot load '{path}': the state of 'b' must be a number, got '9'"):
        neuron.load(path)
    assert neuron.state_dict() == before


def test_a_file_of_another_module_is_refused(path, neuron, raises):
    MLP(1, [1], seed=1).save(path)
    with raises(
        ValueError,
        f"cannot load '{path}': this state does not fit the module: "
        "it lacks 'w.0' and 2 more and has 'layers.0.neurons.0.w.0' and 1 more too many; "
        "build the module with the sizes it was saved with",
    ):
        neuron.load(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("saved") / "model.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"\Acannot load '"):
        Neuron(1, seed=1).load(path)


@pytest.mark.parametrize("data", [1 + 2j, "3", None, [1.0], Value(2.0)], ids=repr)
def test_a_state_refuses_data_that_is_not_a_number(data):
    model = nn.two_two_two()

    def assign_and_save():
        model.parameters()[0].data = data  # refused here by the engine in C
        model.state_dict()

    with pytest.raises(TypeError, match="must be a number, "):
        assign_and_save()


def test_a_state_holds_floats_where_numpy_numbers_were_assigned():
    numpy = pytest.importorskip("numpy")
    model = nn.two_two_two()
    for value in model.parameters():
        value.data = numpy.float32(0.5)
    state = model.state_dict()
    assert {type(number) for number in state.values()} == {float}
