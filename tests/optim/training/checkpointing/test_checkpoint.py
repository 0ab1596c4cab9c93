import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd.extend import atomic_files
from nn.metrics import accuracy
from optim import EMA, SGD, Callback, Checkpoint, CheckpointError, MiniBatch, TrainingError, evaluate, fit
from optim.data import blobs
from optim.training.checkpointing.file_format import load_state, save_state

INPUTS, LABELS = blobs(60, 3, 0.5, rng=0)
DATA = (INPUTS[:40], LABELS[:40])
HELD = (INPUTS[40:], LABELS[40:])


def train(folder, epochs=5, callbacks=(), checkpoint=None, **options):
    model = nn.MLP([2, 8, 3], rng=0)
    checkpoint = Checkpoint(folder, **(checkpoint or {}))
    average = options.pop("average", None)
    history = fit(
        model,
        nn.CrossEntropyLoss(),
        DATA,
        epochs=epochs,
        batching=MiniBatch(16),
        validation=HELD,
        metrics={"accuracy": accuracy},
        callbacks=[checkpoint, *callbacks],
        average=average and average(model.parameters()),
        rng=0,
        **options,
    )
    return model, history


def names(folder):
    return sorted(path.name for path in Path(folder).iterdir())


# Which files are kept


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, [5]),
        ({"keep": 3}, [3, 4, 5]),
        ({"keep": None}, [1, 2, 3, 4, 5]),
        ({"keep": None, "every": 2}, [2, 4, 5]),
        ({"keep": 2, "every": 3}, [3, 5]),
    ],
)
def test_the_newest_checkpoints_are_kept(tmp_path, options, kept):
    train(tmp_path, checkpoint=options)
    assert names(tmp_path) == ["best.npz", *(f"checkpoint-{epoch}.npz" for epoch in kept)]


def test_there_is_a_checkpoint_where_the_training_stops(tmp_path):
    class Stop(Callback):
        def on_epoch_end(self, run):
            if run.epoch == 3:
                run.stop("enough")

    train(tmp_path, 9, [Stop()], checkpoint={"every": 5})
    assert names(tmp_path) == ["best.npz", "checkpoint-3.npz"]


def test_best_are_the_weights_of_the_best_epoch(tmp_path):
    _, history = train(tmp_path, 12, optimizer=None)
    model = nn.MLP([2, 8, 3])
    model.load_state_dict(nn.load(tmp_path / "best.npz"))
    assert evaluate(model, nn.CrossEntropyLoss(), HELD)["loss"] == min(history["validation_loss"])


def test_best_can_monitor_another_column(tmp_path):
    _, history = train(tmp_path, 12, checkpoint={"monitor": "validation_accuracy", "mode": "max"})
    model = nn.MLP([2, 8, 3])
    model.load_state_dict(nn.load(tmp_path / "best.npz"))
    results = evaluate(model, nn.CrossEntropyLoss(), HELD, {"accuracy": accuracy})
    first = history["validation_accuracy"].index(max(history["validation_accuracy"]))
    assert results["loss"] == history["validation_loss"][first]


def test_best_are_the_averaged_weights_if_there_are_some(tmp_path):
    _, history = train(tmp_path, 6, average=lambda parameters: EMA(parameters, 0.8))
    model = nn.MLP([2, 8, 3])
    model.load_state_dict(nn.load(tmp_path / "best.npz"))
    assert evaluate(model, nn.CrossEntropyLoss(), HELD)["loss"] == min(history["validation_loss"])


def test_no_best_if_not_wanted(tmp_path):
    train(tmp_path, checkpoint={"best": False})
    assert names(tmp_path) == ["checkpoint-5.npz"]


def test_best_weights_are_restored_when_the_loss_is_nan(tmp_path):
    class Poison(Callback):
        def on_step_end(self, run):
            if run.step == 10:
                run.model[0].weight.data = np.full((2, 8), np.inf)

    model = nn.MLP([2, 8, 3], rng=0)
    with pytest.raises(TrainingError):
        fit(model, nn.CrossEntropyLoss(), DATA, epochs=9, callbacks=[Poison(), Checkpoint(tmp_path)], rng=0)
    best = nn.load(tmp_path / "best.npz")
    assert {name: value.tobytes() for name, value in model.state_dict().items()} == {n: w.tobytes() for n, w in best.items()}


# Which folders


def test_checkpoints_of_another_training_are_not_mixed_with_new_ones(tmp_path):
    train(tmp_path, epochs=2)
    before = (tmp_path / "checkpoint-2.npz").read_bytes()
    with pytest.raises(TrainingError, match="contains checkpoints of an earlier training; continue it with resume=True"):
        train(tmp_path, epochs=3)
    assert (tmp_path / "checkpoint-2.npz").read_bytes() == before


def test_earlier_checkpoints_are_deleted_with_overwrite(tmp_path):
    train(tmp_path, epochs=5)
    train(tmp_path, epochs=2, checkpoint={"overwrite": True})
    assert names(tmp_path) == ["best.npz", "checkpoint-2.npz"]


def test_files_of_others_stay(tmp_path):
    for name in ("notes.txt", "checkpoint-x.npz", "weights.npz"):
        (tmp_path / name).write_text("mine")
    train(tmp_path, epochs=2)
    assert names(tmp_path) == ["best.npz", "checkpoint-2.npz", "checkpoint-x.npz", "notes.txt", "weights.npz"]


def test_files_of_a_killed_process_are_removed(tmp_path):
    train(tmp_path, epochs=3, checkpoint={"keep": 2})
    for name in (".checkpoint-4.0123abcd.npz", ".best.0123abcd.npz", "checkpoint-1.npz"):
        (tmp_path / name).write_bytes(b"half")
    train(tmp_path, epochs=4, checkpoint={"keep": 2}, resume=True)
    assert names(tmp_path) == ["best.npz", "checkpoint-3.npz", "checkpoint-4.npz"]


@pytest.mark.parametrize("options", [{"every": 0}, {"keep": 0}, {"keep": 1.5}, {"every": None}, {"mode": "most"}])
def test_wrong_options_are_refused(tmp_path, options):
    with pytest.raises(ValueError, match=r"every|keep|mode"):
        Checkpoint(tmp_path, **options)


def test_a_column_that_is_not_measured_cannot_be_watched(tmp_path):
    with pytest.raises(ValueError, match="there is no column 'f1' to monitor; the columns are epoch, loss, accuracy"):
        train(tmp_path, checkpoint={"monitor": "f1", "mode": "max"})


# The file

numbers = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
arrays = st.builds(
    lambda dtype, shape: np.arange(np.prod(shape)).reshape(shape).astype(dtype),
    st.sampled_from(["f8", "f4", "i8", "u1", "?"]),
    st.sampled_from([(), (0,), (3,), (2, 3)]),
)
scalars = st.sampled_from([np.float64(0.1), np.float32(0.1), np.int64(7), np.bool_(True)])
states = st.recursive(
    numbers | arrays | scalars,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


@given(states)
@settings(max_examples=40)
def test_states_come_back_as_they_were(tmp_path_factory, state):
    path = tmp_path_factory.mktemp("state") / "state.npz"
    save_state(path, state)
    assert same(load_state(path), state)


def test_numbers_that_json_does_not_know_come_back(tmp_path):
    state = {"a": float("inf"), "b": -0.0, "c": 2**200, "order": np.random.default_rng(0).bit_generator.state}
    save_state(tmp_path / "s.npz", state)
    loaded = load_state(tmp_path / "s.npz")
    assert same(loaded, state)
    save_state(tmp_path / "s.npz", float("nan"))
    assert np.isnan(load_state(tmp_path / "s.npz"))


@pytest.mark.parametrize("value", [object(), {1.5: 2}, np.array(["a"]), {1, 2}, np.array([None])])
def test_a_state_of_other_types_is_not_written(tmp_path, value):
    with pytest.raises(TypeError, match="a state consists of plain values, arrays, lists, tuples and dicts, got"):
        save_state(tmp_path / "s.npz", {"a": [value]})
    assert names(tmp_path) == []


def example(folder):
    path = folder / "checkpoint-1.npz"
    save_state(path, {"a": np.arange(3.0), "b": [1, (2.5, None)], 3: np.float32(0.5)})
    return path, path.read_bytes()


def test_a_file_that_is_cut_off_anywhere_is_refused(tmp_path):
    path, content = example(tmp_path)
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(CheckpointError, match=r"checkpoint-1\.npz: not a checkpoint, or a damaged one"):
            load_state(path)


def test_a_byte_that_is_changed_is_noticed_or_means_nothing(tmp_path):
    path, content = example(tmp_path)
    state = load_state(path)
    noticed = 0
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x41]) + content[place + 1 :])
        try:
            assert same(load_state(path), state)
        except CheckpointError:
            noticed += 1
    assert noticed > len(content) // 2


def test_a_file_of_another_kind_is_refused(tmp_path):
    weights = tmp_path / "weights.npz"
    atomic_files.save_arrays(weights, nn.Linear(1, 1).state_dict())
    other = tmp_path / "other.npz"
    atomic_files.save_arrays(other, {"structure": np.frombuffer(json.dumps({"format": "x", "state": 1}).encode(), np.uint8)})
    text = tmp_path / "notes.txt"
    text.write_text("mine")
    for path in (weights, other, text):
        with pytest.raises(CheckpointError, match=f"{path.name}: not a checkpoint"):
            load_state(path)
    with pytest.raises(CheckpointError, match="this is a folder"):
        load_state(tmp_path)


def test_checkpoints_hold_no_programs(tmp_path):
    path = tmp_path / "s.npz"
    np.savez(path, structure=np.array([{"format": "chainrule training 1"}], dtype=object))
    with pytest.raises(CheckpointError, match="dtype object"):
        load_state(path)


def test_a_damaged_checkpoint_is_refused_before_anything_changes(tmp_path):
    train(tmp_path, epochs=2)
    path = tmp_path / "checkpoint-2.npz"
    path.write_bytes(path.read_bytes()[:-20])
    model = nn.MLP([2, 8, 3], rng=0)
    optimizer = SGD(model.parameters(), lr=0.1)
    with pytest.raises(CheckpointError, match=r"checkpoint-2\.npz: not a checkpoint, or a damaged one"):
        fit(model, nn.CrossEntropyLoss(), DATA, optimizer=optimizer, resume=tmp_path)
    for name, value in nn.MLP([2, 8, 3], rng=0).state_dict().items():
        np.testing.assert_array_equal(model.state_dict()[name], value)
