"""Data-parallel training: the ranks of a communicator train one model, each on a part of every batch."""

import platform
import secrets
import sys
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

import autograd
from autograd.extend import replica
from optim.data.loader import DataLoader
from optim.distributed.blas_threads import fair_threads, limit_blas_threads
from optim.distributed.communicator import Communicator, DistributedError, raise_together
from optim.distributed.mpi import MPICommunicator
from optim.distributed.sharded_loader import ShardedLoader, shard_bounds, shards_of_rank
from optim.distributed.source_code import source_checksums
from optim.training.callbacks.base import Callback
from optim.training.checkpointing.fingerprint import fingerprint
from optim.training.evaluation import evaluate_batches, summarize
from optim.training.model import get_weights, set_weights, state_tensors
from optim.training.plan import TrainingPlan
from optim.training.preparation import EVALUATION_BATCHES, describe_nonfinite
from optim.training.run import Run
from optim.training.sharded_step import ShardedStep, reachable_generators, reseeded
from optim.training.single_rank import SingleRank

#: The number of shards of a batch in ordered mode, and the largest number of ranks that uses this mode by default.
SHARDS = 8


class DataParallel(SingleRank):
    """The ranks of a communicator: what they compute together in the training of a plan.

    interrupted: whether this rank has received Ctrl-C.

    >>> import nn
    >>> from optim.training.data_parallel import DataParallel
    >>> from optim.training.plan import TrainingPlan
    >>> from optim.distributed import SingleProcess
    >>> data = ([[0.0], [1.0]], [[1.0], [3.0]])
    >>> DataParallel(TrainingPlan(nn.Linear(1, 1), nn.MSELoss(), data, communicator=SingleProcess()))
    DataParallel(1 rank, ordered reduction of 8 shards)
    """

    def __init__(self, plan: TrainingPlan):
        communicator: Communicator = MPICommunicator() if plan.communicator == "mpi" else plan.communicator
        self.communicator, self.rank, self.size = communicator, communicator.rank, communicator.size
        self.ordered = plan.reduction == "ordered" or (plan.reduction is None and self._is_small(plan))
        self.shards = plan.shards or SHARDS if self.ordered else self.size
        if self.shards < self.size:
            raise ValueError(
                f"shards={self.shards} leaves some of the {self.size} ranks without work; "
                f"give shards={self.size} or more, or reduction='fast'"
            )
        if plan.sync_batch_norm and self.ordered:
            raise ValueError("sync_batch_norm=True needs reduction='fast': the shards of a rank are computed one after another")
        self.joint, self._blas_threads = plan.sync_batch_norm and self.size > 1, plan.blas_threads
        self.interrupted, self.threads = False, 0

    def _is_small(self, plan: TrainingPlan) -> bool:
        return self.size <= SHARDS and not plan.sync_batch_norm

    def __repr__(self) -> str:
        how = f"ordered reduction of {self.shards} shards" if self.ordered else "fast reduction"
        return f"DataParallel({self.size} rank{'s' * (self.size > 1)}, {how})"

    def summary(self) -> str:
        """A line about the ranks, their sums and their threads."""
        threads = self.threads or "those of the process"
        return f"{repr(self)[len('DataParallel(') : -1]}, BLAS threads of each rank: {threads}"

    # Errors and threads

    @contextmanager
    def limits(self) -> Iterator[None]:
        if not self.communicator.owns_process:
            yield
            return
        self.threads = self._blas_threads or (1 if self.ordered else fair_threads(self.communicator))
        with limit_blas_threads(self.threads):
            yield

    def together(self) -> AbstractContextManager[Any]:
        return raise_together(self.communicator)

    @contextmanager
    def abort_on_error(self) -> Iterator[None]:
        try:
            yield
        except DistributedError:  # all ranks raise it
            raise
        except BaseException:
            if self.size > 1 and self.communicator.owns_process:
                print(f"rank {self.rank} of {self.size} raised:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
            self.communicator.abort()
            raise

    # The start and the end of a training

    def broadcast(self, value: Any) -> Any:
        return self.communicator.broadcast(value)

    def share_seed(self, plan: TrainingPlan) -> TrainingPlan:
        seed = self.broadcast(secrets.randbits(64))
        return replace(plan, rng=seed) if plan.rng is None and not isinstance(plan.data, DataLoader) else plan

    def callbacks(self, callbacks: Sequence[Callback]) -> list[Callback]:
        return [callback for callback in callbacks if callback.on_every_rank or not self.rank]

    def describe(self) -> str:
        return f"sum over {self.shards} shards" if self.ordered else "sum over the ranks"

    def start(self, run: Run) -> None:
        """Compare the ranks, and give all of them the state of rank 0.

        Raises DistributedError on all ranks if one has another version of the code, other data or other options.
        """
        run.fingerprint = run.fingerprint or fingerprint(run)
        versions = {"chainrule": [autograd.__version__], "NumPy": [np.__version__], "Python": [platform.python_version()]}
        self._compare(
            versions
            | {"code": source_checksums(_objects(run))}
            | run.fingerprint
            | {"epochs": [str(run.epochs)], "communicator": [repr(self)]}
        )
        schedule, average = run.schedule, run.average
        state = self.broadcast(
            {
                "weights": get_weights(run.model),
                "optimizer": run.optimizer.state_dict(),
                "order": run.loader.rng.bit_generator.state,
                "schedule": schedule and schedule.state_dict(),
                "average": average and average.state_dict(),
            }
        )
        if self.rank:
            set_weights(run.model, state["weights"])
            run.optimizer.load_state_dict(state["optimizer"])
            run.loader.rng.bit_generator.state = state["order"]
            if schedule is not None:
                schedule.load_state_dict(state["schedule"])
            run.averaging.load_state_dict(state["average"])
        self.check_weights(run)

    def _compare(self, description: dict[str, list[str]]) -> None:
        first, *others = self.communicator.gather(description)
        for rank, other in enumerate(others, 1):
            for name, texts in other.items():
                expected = first.get(name, [])
                if expected != texts:
                    own = ", ".join(text for text in texts if text not in expected) or "none"
                    of_first = ", ".join(text for text in expected if text not in texts) or "none"
                    raise DistributedError(
                        f"rank {rank} trains something else than rank 0: {name} is {own}, on rank 0 it is {of_first}; "
                        "all ranks need the same program, options and data"
                    )

    def finish(self, run: Run) -> None:
        weights = self.broadcast(get_weights(run.model))
        if self.rank:
            set_weights(run.model, weights)

    # Steps and evaluation

    def batch_factory(self, run: Run) -> Callable[[], Iterator[tuple[Any, Any]]]:
        weights = getattr(run.loader.data, "weights", None)
        count = None if weights is None else lambda indices: float(weights[indices].sum())
        precision = run.precision
        reseed = partial(reseeded, reachable_generators([run.loader.transform]))
        loader = ShardedLoader(
            run.loader, self.rank, self.size, self.shards, count, precision.inputs, precision.targets, self.joint, reseed
        )
        run.count_examples = lambda size: size.examples
        return loader.__iter__

    def make_step(self, run: Run, on_grad_computed: Sequence[Callable[[], Any]]) -> Callable[[Any, Any], Any]:
        return ShardedStep(run, self.communicator, self.shards, self.ordered, self.joint, on_grad_computed).step

    def seeded(self, run: Run) -> AbstractContextManager[Any]:
        return replica([run.step])

    def evaluate(self, run: Run, data: Any) -> dict[str, float]:
        bounds = shard_bounds(len(data), self.shards)
        slices = [
            slice(bounds[part] + batch.start, min(bounds[part] + batch.stop, bounds[part + 1]))
            for part in shards_of_rank(len(bounds) - 1, self.rank, self.size)
            for batch in EVALUATION_BATCHES.in_order(bounds[part + 1] - bounds[part])
        ]
        metrics = run.plan.metrics
        own = evaluate_batches(run.model, run.loss, data, slices, run.precision, bool(metrics))
        return summarize([batch for rank in self.communicator.gather(own) for batch in rank], run.loss, metrics)

    # Decisions

    def request_interrupt(self, run: Run) -> None:
        self.interrupted = True

    def agree(self, run: Run) -> None:
        decisions = self.communicator.gather((run.history.stopped, self.interrupted, run.logs if not self.rank else None))
        run.history.stopped = next((reason for reason, *_ in decisions if reason), "")
        run.interrupted = run.interrupted or any(interrupted for _, interrupted, _ in decisions)
        run.logs.update(decisions[0][2])

    def check_weights(self, run: Run) -> None:
        checksum = 0
        for tensor in state_tensors(run.model):
            checksum = zlib.crc32(np.ascontiguousarray(tensor.data).data, checksum)
        checksums = self.communicator.gather(checksum)
        for rank, other in enumerate(checksums):
            if other != checksums[0]:
                raise DistributedError(
                    f"the weights of rank {rank} are not those of rank 0 after {run.step} steps; a callback that changes "
                    "parameters or the optimizer must do so on every rank"
                )

    def describe_nonfinite(self, x: Any, y: Any) -> str:
        shards = x or ()
        descriptions = (describe_nonfinite(shard.inputs, shard.targets) for shard in shards)
        own = next((f"{text} of shard {shard.number}" for shard, text in zip(shards, descriptions) if text), "")
        return next(filter(None, self.communicator.gather(own)), "")


def _objects(run: Run) -> list[Any]:
    """The functions and objects of a training, whose code all ranks need."""
    plan, model = run.plan, run.model
    modules = model.modules() if hasattr(model, "modules") else [model]
    return [*modules, plan.loss, run.optimizer, plan.penalty, plan.transform, *(plan.metrics or {}).values(), *plan.callbacks]
