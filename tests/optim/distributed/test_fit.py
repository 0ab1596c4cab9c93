"""fit on several ranks: what the ranks decide together, and what rank 0 does alone."""

import warnings

import numpy as np
import pytest

import nn
from nn.metrics import accuracy
from optim import (
    LBFGS,
    SGD,
    SWA,
    Callback,
    Checkpoint,
    CheckpointError,
    CSVLogger,
    EarlyStopping,
    ReduceLROnPlateau,
    TensorBoard,
    TerminateOnNaN,
    TrainingError,
    fit,
)
from optim.distributed import DistributedError, SingleProcess, run_threads
from tests.optim.distributed.trainings import as_bytes, columns, mlp, train, train_threads

MODEL = nn.Linear(2, 3, rng=0)


class On(Callback):
    """Calls a function of the run on one rank, after an epoch or a step."""

    def __init__(self, rank, function, method="on_epoch_end"):
        self.rank, self.function = rank, function
        setattr(type(self), method, type(self).call)

    def call(self, run):
        if run.rank == self.rank:
            self.function(run)


def on(rank, function, method="on_epoch_end"):
    return type("On", (On,), {})(rank, function, method)


# Refusals


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"reduction": "fast"}, TypeError, "reduction is for several ranks; give communicator='mpi'"),
        ({"shards": 4}, TypeError, "shards is for several ranks"),
        ({"communicator": "mpich"}, TypeError, "communicator: 'mpi' or an object such as SingleProcess"),
        ({"communicator": SingleProcess}, TypeError, "communicator: 'mpi' or an object"),
        (
            {"communicator": SingleProcess(), "reduction": "sum"},
            ValueError,
            "reduction: 'ordered' or 'fast' expected, got 'sum'",
        ),
        ({"communicator": SingleProcess(), "shards": 0}, ValueError, "shards must be an integer, at least 1, got 0"),
        ({"communicator": SingleProcess(), "shards": 2, "reduction": "fast"}, TypeError, "shards is for reduction='ordered'"),
        ({"communicator": SingleProcess(), "sync_batch_norm": True, "compile": True}, TypeError, "do not go together"),
        (
            {"communicator": SingleProcess(), "sync_batch_norm": True, "reduction": "ordered"},
            ValueError,
            "needs reduction='fast'",
        ),
        (
            {"communicator": SingleProcess(), "optimizer": LBFGS(MODEL.parameters())},
            TypeError,
            "LBFGS cannot train on several ranks",
        ),
    ],
)
def test_wrong_options(options, error, message):
    with pytest.raises(error, match=message):
        fit(MODEL, nn.CrossEntropyLoss(), (np.ones((4, 2)), np.zeros(4, int)), epochs=1, **options)


def test_more_ranks_than_shards():
    with pytest.raises(ValueError, match="shards=1 leaves some of the 2 ranks without work; give shards=2 or more"):
        train_threads(2, shards=1)


def test_without_a_communicator_a_rank_of_mpiexec_is_warned(monkeypatch):
    monkeypatch.setenv("PMI_SIZE", "4")
    with pytest.warns(UserWarning, match="one of 4 that mpiexec started.*communicator='mpi'"):
        train(None, epochs=1)
    with warnings.catch_warnings():
        train(SingleProcess(), epochs=1)


# The start


def test_a_rank_with_other_data_or_options_is_named():
    def differ(communicator):
        penalty = {} if communicator.rank == 0 else {"clip_norm": 3.0}
        train(communicator, epochs=1, **penalty)

    with pytest.raises(DistributedError, match=r"rank 1 trains something else than rank 0: clipping is norm=3\.0, value=none"):
        run_threads(differ, 2)


def test_the_weights_of_rank_0_are_those_of_all():
    weights, _ = train(SingleProcess(), epochs=1)

    def start(communicator):
        return train(communicator, model=lambda: nn.MLP([2, 8, 3], rng=communicator.rank), epochs=1, rng=0)[0]

    assert [as_bytes(others) for others in run_threads(start, 2)] == [as_bytes(weights)] * 2


def test_without_a_seed_all_ranks_have_the_same_order():
    first, second = train_threads(2, rng=None, validation=None, validation_split=0.2, epochs=2)
    assert as_bytes(first[0]) == as_bytes(second[0])
    assert columns(first[1]) == columns(second[1])


# Decisions


def test_metrics_are_those_of_all_examples():
    options = {"metrics": {"accuracy": accuracy}, "epochs": 2}
    _, alone = train(None, **options)
    for _, history in train_threads(3, **options):
        for name, values in columns(alone).items():
            assert history[name] == pytest.approx(values, rel=1e-12)


@pytest.mark.parametrize("rank", [0, 1])
def test_a_rank_stops_all(rank):
    def stop(communicator):
        callbacks = [on(rank, lambda run: run.epoch == 2 and run.stop("enough"))]
        return train(communicator, callbacks=callbacks)

    assert [(len(history), history.stopped) for _, history in run_threads(stop, 2)] == [(2, "enough")] * 2


def test_ctrl_c_on_one_rank_ends_all_after_the_same_step():
    def interrupt(communicator):
        steps = []
        request = lambda run: run.step == 9 and run.ranks.request_interrupt(run)
        callbacks = [on(1, request, "on_step_end"), on(communicator.rank, lambda run: steps.append(run.step), "on_step_end")]
        _, history = train(communicator, callbacks=callbacks)
        return steps[-1], history.stopped, len(history)

    assert run_threads(interrupt, 2) == [(10, "interrupted", 1)] * 2


def test_early_stopping_and_plateaus_are_decided_together():
    options = {
        "early_stopping": EarlyStopping(1),
        "optimizer": lambda model: SGD(model.parameters(), lr=1.5),
        "schedule": lambda optimizer: ReduceLROnPlateau(optimizer, patience=0),
        "epochs": 30,
    }
    make = lambda: options | {"early_stopping": EarlyStopping(2)}
    weights, history = train(SingleProcess(), **make())
    assert history.stopped
    for others, other in run_threads(lambda communicator: train(communicator, **make()), 2):
        assert as_bytes(others) == as_bytes(weights)
        assert (other.kept_epoch, other.stopped, columns(other)) == (history.kept_epoch, history.stopped, columns(history))


def test_divergence_is_raised_on_all_ranks():
    def diverge(communicator):
        with pytest.raises(TrainingError, match="try a learning rate below 1e"):
            train(communicator, optimizer=lambda model: SGD(model.parameters(), lr=1e300))
        weights, history = train(
            communicator, optimizer=lambda model: SGD(model.parameters(), lr=1e300), callbacks=[TerminateOnNaN()]
        )
        return as_bytes(weights), history.stopped

    first, second = run_threads(diverge, 2)
    assert first == second
    assert "nan or infinite" in first[1]


def test_the_position_of_nan_is_found_on_the_rank_that_has_it():
    def spoil(x):
        return np.where(x == x.max(), np.nan, x)

    def diverge(communicator):
        with pytest.raises(TrainingError) as error:
            train(communicator, transform=spoil, shards=2, batch_size=205)
        return str(error.value)

    first, second = run_threads(diverge, 2)
    assert first == second
    assert "a batch of epoch 1 contains nan or infinity: inputs: nan in row" in first
    assert "of shard 0" in first


def test_a_callback_that_changes_weights_on_one_rank_is_noticed():
    def change(communicator):
        def move(run):
            run.parameters[0].data = run.parameters[0].data + 1

        train(communicator, callbacks=[on(1, move)])

    with pytest.raises(DistributedError, match="the weights of rank 1 are not those of rank 0 after 7 steps"):
        run_threads(change, 2)


def test_an_error_on_one_rank_ends_all():
    def fail(run):
        raise LookupError("only here")

    with pytest.raises(LookupError, match="only here"):
        run_threads(lambda communicator: train(communicator, callbacks=[on(1, fail)]), 3)


def test_the_average_of_weights_recomputes_statistics_alike():
    def average(communicator):
        model = lambda: nn.Sequential(nn.Linear(2, 8, rng=0), nn.Dropout(0.2), nn.BatchNorm1d(8), nn.Linear(8, 3, rng=1))
        return train(communicator, model=model, average=lambda model: SWA(model.parameters()), epochs=4)[0]

    weights = as_bytes(average(SingleProcess()))
    assert [as_bytes(others) for others in run_threads(average, 2)] == [weights] * 2


# Files


def test_rank_0_writes_the_files(tmp_path):
    def write(communicator):
        folder = tmp_path / f"of rank {communicator.rank}"
        callbacks = [Checkpoint(folder), CSVLogger(folder / "log.csv"), TensorBoard(folder / "board", graph=False)]
        return train(communicator, epochs=2, callbacks=callbacks)

    run_threads(write, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["of rank 0"]
    assert (tmp_path / "of rank 0" / "log.csv").read_text().count("\n") == 3


@pytest.mark.parametrize(("first", "then"), [(1, 2), (3, 1), (2, 3)])
def test_a_training_resumes_on_another_number_of_ranks(tmp_path, first, then):
    expected, history = train(SingleProcess(), "dropout", epochs=5)

    def on_ranks(size, epochs):
        def call(communicator):
            return train(communicator, "dropout", epochs=epochs, callbacks=[Checkpoint(tmp_path)], resume=True)

        return run_threads(call, size)

    on_ranks(first, 3)
    for weights, resumed in on_ranks(then, 5):
        assert as_bytes(weights) == as_bytes(expected)
        assert columns(resumed) == columns(history)


def test_a_training_with_other_shards_is_not_resumed(tmp_path):
    run = lambda communicator, **options: train(communicator, callbacks=[Checkpoint(tmp_path)], resume=True, **options)
    run(SingleProcess(), epochs=1)
    with pytest.raises(CheckpointError, match="gradient was sum over 8 shards, now it is sum over 4 shards"):
        run(SingleProcess(), epochs=2, shards=4)
    with pytest.raises(CheckpointError, match="gradient was sum over 8 shards, now it is none"):
        run(None, epochs=2)


def test_a_folder_with_checkpoints_is_refused_on_all_ranks(tmp_path):
    train(SingleProcess(), epochs=1, callbacks=[Checkpoint(tmp_path)])

    def again(communicator):
        with pytest.raises((TrainingError, DistributedError), match="contains checkpoints of an earlier training"):
            train(communicator, epochs=1, callbacks=[Checkpoint(tmp_path)])

    run_threads(again, 2)


def test_best_weights_of_a_checkpoint_reach_all_ranks(tmp_path):
    def diverge(communicator):
        def explode(run):
            if run.epoch == 2:
                run.optimizer.lr = 1e300

        callbacks = [Checkpoint(tmp_path), on(communicator.rank, explode)]
        model = mlp()
        with pytest.raises(TrainingError):
            train(communicator, model=lambda: model, callbacks=callbacks)
        return as_bytes(model.state_dict())

    first, second = run_threads(diverge, 2)
    assert first == second
