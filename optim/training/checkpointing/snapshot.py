"""The state of a run as plain values and arrays, and the way back."""

from typing import Any

from optim.training.callbacks.base import Callback
from optim.training.checkpointing.fingerprint import check_fingerprint, stateful_callbacks
from optim.training.model import get_random_state, get_weights, set_random_state, set_weights
from optim.training.run import Run


def state_of(run: Run) -> dict[str, Any]:
    """The state of a run after an epoch: everything that the rest of the training depends on."""
    return {
        "training": run.fingerprint,
        "epoch": run.epoch,
        "step": run.step,
        "model": get_weights(run.model),
        "random numbers": {"order": run.loader.rng.bit_generator.state, "model": get_random_state(run.model)},
        "optimizer": run.optimizer.state_dict(),
        "schedule": None if run.schedule is None else run.schedule.state_dict(),
        "average": run.averaging.state_dict(),
        "history": {"rows": run.history.rows, "histograms": run.history.histograms, "stopped": run.history.stopped},
        "called": run.called.state_dict(),
        "callbacks": [callback.state_dict() for callback in stateful_callbacks(run)],
        "checkpoints": [callback.state_dict() for callback in checkpoint_callbacks(run)],
    }


def restore(run: Run, state: Any) -> None:
    """Set a run to a state of `state_of`; raises CheckpointError, before anything changes, for another training."""
    check_fingerprint(state["training"], run.fingerprint)
    run.averaging.check(state["average"], state["epoch"], run.epochs)
    run.called.check(state["called"])
    generators, history = state["random numbers"], state["history"]
    set_random_state(run.model, generators["model"])
    run.loader.rng.bit_generator.state = generators["order"]
    set_weights(run.model, state["model"])
    run.optimizer.load_state_dict(state["optimizer"])
    if run.schedule is not None:
        run.schedule.load_state_dict(state["schedule"])
    run.averaging.load_state_dict(state["average"])
    callbacks = [*stateful_callbacks(run), *checkpoint_callbacks(run)]
    for callback, callback_state in zip(callbacks, [*state["callbacks"], *state["checkpoints"]]):
        callback.load_state_dict(callback_state)
    run.called.load_state_dict(state["called"])
    run.history.rows, run.history.histograms = history["rows"], history["histograms"]
    run.history.stopped = history["stopped"]
    run.epoch, run.step, run.resumed = state["epoch"], state["step"], True


def checkpoint_callbacks(run: Run) -> list[Callback]:
    """The callbacks that write checkpoints; a resumed training may have others."""
    return [callback for callback in run.callbacks if not callback.fingerprinted]
