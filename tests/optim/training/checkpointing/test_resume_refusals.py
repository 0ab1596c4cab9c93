"""Checkpoints that cannot be resumed."""

import numpy as np
import pytest

import nn
from optim import L2, SGD, CheckpointError, CosineAnnealingLR, EarlyStopping, MiniBatch
from optim.data import Noise
from optim.training.checkpointing.checkpoint import checkpoints
from tests.optim.resumed import INPUTS, LABELS, another_generator, plain, train


def test_there_has_to_be_something_to_resume(tmp_path):
    with pytest.raises(CheckpointError, match="no such file"):
        train(plain, tmp_path, resume=tmp_path / "checkpoint-3.npz")
    with pytest.raises(CheckpointError, match="no checkpoints in this folder"):
        train(plain, tmp_path / "a", resume=tmp_path)
    with pytest.raises(CheckpointError, match="needs a Checkpoint among the callbacks"):
        train(plain, None, resume=True)


def other_model():
    model = nn.MLP([2, 9, 3], rng=0)
    return model, {"optimizer": SGD(model.parameters(), lr=0.1, momentum=0.9)}


def other_activation():
    model = nn.MLP([2, 8, 3], activation="tanh", init="he_normal", rng=0)
    return model, {"optimizer": SGD(model.parameters(), lr=0.1, momentum=0.9)}


def other_optimizer():
    model = nn.MLP([2, 8, 3], rng=0)
    return model, {"optimizer": SGD(model.parameters(), lr=0.05, momentum=0.9)}


def with_schedule():
    model, options = plain()
    return model, {"schedule": CosineAnnealingLR(options["optimizer"], 5)}


OTHERS = [
    (other_model, {}, "model was 0.weight 2×8 float64, .*now it is 0.weight 2×9 float64"),
    (other_activation, {}, r"layers was \(1\): ReLU\(\), now it is \(1\): Tanh\(\)"),
    (other_optimizer, {}, "optimizer was lr=0.1, now it is lr=0.05;"),
    (with_schedule, {}, r"schedule was none, now it is CosineAnnealingLR\(T_max=5"),
    (plain, {"batching": MiniBatch(9)}, r"batching was MiniBatch\(8\).*MiniBatch\(9\)"),
    (plain, {"penalty": L2(0.1)}, "penalty was none, now it is L2"),
    (plain, {"clip_norm": 1.0}, "clipping was norm=none.*norm=1.0"),
    (plain, {"transform": Noise(0.1)}, "transform was none"),
    (plain, {"early_stopping": EarlyStopping(3)}, r"callbacks was none, now it is EarlyStopping\(patience=3"),
    (plain, {"validation": None}, "validation data was 20 examples"),
    (plain, {"validation": (INPUTS[69:89], LABELS[69:89])}, "validation data was 20 examples .*now it is 20 examples"),
]


@pytest.mark.parametrize(("make_model", "options", "message"), OTHERS)
def test_another_training_is_refused_before_anything_changes(tmp_path, make_model, options, message):
    train(plain, tmp_path, epochs=2)
    changed = []
    with pytest.raises(CheckpointError, match=message):
        train(lambda: changed.append(make_model()) or changed[0], tmp_path, resume=True, **options)
    untouched = make_model()[0].state_dict()
    for name, value in changed[0][0].state_dict().items():
        np.testing.assert_array_equal(value, untouched[name])
    assert list(checkpoints(tmp_path)) == [2]


def test_a_checkpoint_says_which_file_is_of_another_training(tmp_path):
    train(plain, tmp_path, epochs=2)
    with pytest.raises(CheckpointError, match=r"checkpoint-2\.npz: the checkpoint is of another training"):
        train(other_model, tmp_path, resume=True)


def test_another_generator_is_refused(tmp_path):
    train(plain, tmp_path, epochs=2)
    with pytest.raises(CheckpointError, match=r"checkpoint-2\.npz: .*MT19937"):
        train(another_generator, tmp_path, optimizer=None, resume=True)
