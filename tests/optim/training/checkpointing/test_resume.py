"""A training that is stopped and resumed equals an uninterrupted one, bit for bit."""

import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import (
    EMA,
    L2,
    LBFGS,
    SGD,
    SWA,
    Adam,
    Batch,
    Callback,
    Checkpoint,
    CheckpointError,
    EarlyStopping,
    MiniBatch,
    OneCycleLR,
    ReduceLROnPlateau,
    RMSprop,
    StepLR,
    WeightPerturbation,
    fit,
)
from optim.data import DataLoader, Noise
from tests.optim.resumed import EPOCHS, INPUTS, LABELS, another_generator, plain, train


class Crash(Callback):
    """The process is gone in the middle of an epoch."""

    def __init__(self, step):
        self.step = step

    def on_step_end(self, run):
        if run.step == self.step:
            raise SystemError("gone")


def random_layers():
    nn.seed(5)
    layers = nn.Linear(2, 8), nn.BatchNorm1d(8), nn.RReLU(), nn.Dropout(0.3), nn.Linear(8, 3), nn.Dropout(0.1, rng=2)
    model = nn.Sequential(*layers)
    return model, {"optimizer": Adam(model.parameters(), lr=0.01, amsgrad=True), "transform": Noise(0.1)}


def scheduled():
    model = nn.MLP([2, 8, 3], rng=0)
    optimizer = Adam(model.parameters(), lr=0.01)
    return model, {"schedule": OneCycleLR(optimizer, 0.05, total_steps=EPOCHS * 9), "penalty": L2(1e-3), "clip_norm": 1.0}


def by_epoch():
    model = nn.MLP([2, 8, 3], rng=0)
    return model, {"schedule": StepLR(SGD(model.parameters(), lr=0.1, nesterov=True, momentum=0.5), step_size=2)}


def plateau():
    model = nn.MLP([2, 8, 3], rng=0)
    optimizer = RMSprop(model.parameters(), lr=0.05, momentum=0.5, centered=True)
    return model, {"schedule": ReduceLROnPlateau(optimizer, patience=0, threshold=0.5), "clip_value": 0.5}


def averaged():
    model = nn.MLP([2, 8, 3], batch_norm=True, rng=0)
    return model, {"average": EMA(model.parameters(), 0.9, bias_correction=True)}


def averaged_late():
    model = nn.MLP([2, 8, 3], batch_norm=True, dropout=0.2, rng=0)
    return model, {"average": SWA(model.parameters())}


def stopping():
    model = nn.MLP([2, 8, 3], batch_norm=True, rng=0)
    return model, {"early_stopping": EarlyStopping(2, min_delta=0.05, monitor="validation_accuracy", mode="max")}


def groups():
    model = nn.MLP([2, 8, 3], rng=0)
    first, second = model[0].parameters(), model[2].parameters()
    return model, {"optimizer": SGD([{"params": first, "lr": 0.01}, {"params": second, "momentum": 0.9}], lr=0.1)}


def second_order():
    model = nn.MLP([2, 4, 3], activation="tanh", rng=0)
    return model, {"optimizer": LBFGS(model.parameters(), max_iter=4), "batching": Batch(), "penalty": L2(1e-3)}


def guessing():
    model = nn.MLP([2, 4, 3], rng=0)
    return model, {"optimizer": WeightPerturbation(model.parameters(), rng=4)}


def single_precision():
    model = nn.MLP([2, 8, 3], rng=0).astype("float32")
    return model, {"optimizer": Adam(model.parameters()), "record": ["gradient_norms", "update_ratios", "histograms"]}


KINDS = [plain, random_layers, scheduled, by_epoch, plateau, averaged, averaged_late, stopping, groups, second_order, guessing]
KINDS += [single_precision, another_generator]


def without_time(history):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in history.rows]


@pytest.mark.parametrize("make_model", KINDS, ids=lambda make_model: make_model.__name__)
def test_everything_that_has_a_state_resumes(tmp_path, make_model):
    expected, history = train(make_model, tmp_path / "whole")
    steps = 1 if make_model is second_order else 9
    for stop in (steps + 1, 2 * steps + steps // 2 + 1):
        with pytest.raises(SystemError):
            train(make_model, tmp_path / "stopped", [Crash(stop)], resume=True)
    final_weights, again = train(make_model, tmp_path / "stopped", resume=True)
    assert final_weights == expected
    assert without_time(again) == without_time(history)
    assert again.histograms == history.histograms
    assert again.stopped == history.stopped
    assert again["seconds"] == sorted(again["seconds"])
    with np.load(tmp_path / "whole" / "best.npz") as best, np.load(tmp_path / "stopped" / "best.npz") as other:
        assert {name: best[name].tobytes() for name in best} == {name: other[name].tobytes() for name in other}


def test_a_finished_training_is_only_finished_again(tmp_path):
    expected, history = train(averaged, tmp_path)
    final_weights, again = train(averaged, tmp_path, [Crash(0)], resume=True)
    assert final_weights == expected
    assert without_time(again) == without_time(history)


def test_a_training_that_stopped_early_stays_stopped(tmp_path):
    expected, history = train(stopping, tmp_path, epochs=30)
    final_weights, again = train(stopping, tmp_path, resume=True, epochs=30)
    assert again.stopped == history.stopped == "no improvement for 2 epochs"
    assert (len(again), final_weights) == (len(history), expected)


def test_more_epochs_go_on_where_fewer_ended(tmp_path):
    expected, _ = train(random_layers, tmp_path / "a", epochs=5)
    train(random_layers, tmp_path / "b", epochs=2)
    final_weights, history = train(random_layers, tmp_path / "b", epochs=5, resume=True)
    assert final_weights == expected
    assert history["epoch"] == [1, 2, 3, 4, 5]


def test_an_average_of_the_last_epochs_is_not_that_of_more(tmp_path):
    train(averaged_late, tmp_path, epochs=4)
    model = averaged_late()[0]
    before = model.state_dict()
    with pytest.raises(CheckpointError, match="with epochs=8, 0 updates are expected after epoch 4"):
        train(lambda: (model, {"average": SWA(model.parameters())}), tmp_path, epochs=8, resume=True)
    assert all(np.array_equal(model.state_dict()[name], before[name]) for name in before)


def test_a_loader_resumes_with_its_own_generator(tmp_path):
    def run(folder, epochs, **options):
        model = nn.MLP([2, 8, 3], rng=0)
        loader = DataLoader((INPUTS, LABELS), MiniBatch(16), transform=Noise(0.1), drop_last=True, rng=8)
        fit(model, nn.CrossEntropyLoss(), loader, epochs=epochs, callbacks=[Checkpoint(folder)], **options)
        return {name: value.tobytes() for name, value in model.state_dict().items()}

    expected = run(tmp_path / "a", 4)
    run(tmp_path / "b", 2)
    assert run(tmp_path / "b", 4, resume=True) == expected


def test_a_model_without_names_resumes(tmp_path):
    def run(folder, epochs, **options):
        class Line:
            slope = Tensor(0.0, requires_grad=True)
            shift = Tensor([0.0], requires_grad=True)

            def parameters(self):
                return [self.slope, self.shift]

            def __call__(self, x):
                return self.slope * x + self.shift

        line, x = Line(), np.linspace(-1, 1, 20)[:, None]
        fit(line, nn.MSELoss(), (x, 2 * x + 1), epochs=epochs, callbacks=[Checkpoint(folder)], rng=0, **options)
        return line.slope.item(), line.shift.tolist()

    expected = run(tmp_path / "a", 4)
    run(tmp_path / "b", 2)
    assert run(tmp_path / "b", 4, resume=True) == expected


def test_resume_takes_a_file_a_folder_or_true(tmp_path):
    expected, _ = train(plain, tmp_path / "whole")
    train(plain, tmp_path / "part", epochs=3)
    for i, place in enumerate([tmp_path / "part" / "checkpoint-3.npz", str(tmp_path / "part"), tmp_path / "part"]):
        final_weights, history = train(plain, tmp_path / str(i), resume=place)
        assert (final_weights, len(history)) == (expected, EPOCHS)
        assert (tmp_path / str(i) / "best.npz").exists()
    assert train(plain, None, resume=tmp_path / "part")[0] == expected


def test_true_begins_where_there_is_nothing_yet(tmp_path):
    assert train(plain, tmp_path / "a", resume=True)[0] == train(plain, tmp_path / "b")[0]
