"""The ranks of a training without a communicator: one process, which does everything itself."""

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from autograd import Tensor
from optim.training.callbacks.base import Callback
from optim.training.evaluation import evaluate_prepared
from optim.training.plan import TrainingPlan
from optim.training.preparation import batch_factory, describe_nonfinite
from optim.training.run import Run
from optim.training.step import make_step

#: The variables in which MPICH, Open MPI and Slurm's srun tell a process their number.
RANK_COUNTS = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MPI_LOCALNRANKS")


class SingleRank:
    """Everything that a training on several ranks does together, for one process: nothing to agree on, the whole batch."""

    rank = 0

    def limits(self) -> AbstractContextManager[Any]:
        """The number of BLAS threads in a training: that of the process."""
        return nullcontext()

    def together(self) -> AbstractContextManager[Any]:
        """A block in which an error of one rank is raised on all."""
        return nullcontext()

    def abort_on_error(self) -> AbstractContextManager[Any]:
        """A block in which an error of one rank ends the job."""
        return nullcontext()

    def broadcast(self, value: Any) -> Any:
        """The value of rank 0."""
        return value

    def share_seed(self, plan: TrainingPlan) -> TrainingPlan:
        """The plan with the same seed on all ranks."""
        return plan

    def callbacks(self, callbacks: Sequence[Callback]) -> list[Callback]:
        """The callbacks that this rank calls."""
        return list(callbacks)

    def describe(self) -> str:
        """The order of the sums, for the fingerprint of the training; "" for the whole batch at once."""
        return ""

    def start(self, run: Run) -> None:
        """Compare the ranks, and give all of them the weights of rank 0."""

    def batch_factory(self, run: Run) -> Callable[[], Iterator[tuple[Any, Any]]]:
        """A function that starts an epoch: it returns the batches of this rank."""
        return batch_factory(run.loader, run.precision)

    def make_step(self, run: Run, on_grad_computed: Sequence[Callable[[], Any]]) -> Callable[[Any, Any], Tensor]:
        """The training step, as a function of the batch."""
        return make_step(run, on_grad_computed)

    def seeded(self, run: Run) -> AbstractContextManager[Any]:
        """A block in which all ranks draw the same random numbers."""
        return nullcontext()

    def evaluate(self, run: Run, data: Any) -> dict[str, float]:
        """The loss and the metrics of the run on a data set of `prepare_data`."""
        return evaluate_prepared(run.model, run.loss, data, run.plan.metrics, run.precision)

    def request_interrupt(self, run: Run) -> None:
        """End the training after the current step, because of Ctrl-C."""
        run.interrupted = True

    def agree(self, run: Run) -> None:
        """Give all ranks the same logs, and the same decision to stop."""

    def check_weights(self, run: Run) -> None:
        """Raise DistributedError if the weights of the ranks differ."""

    def describe_nonfinite(self, x: Any, y: Any) -> str:
        """The position of the first nan or infinity in a batch; "" if there is none."""
        return describe_nonfinite(x, y)

    def finish(self, run: Run) -> None:
        """Give all ranks the final weights of rank 0."""


def warn_of_ranks() -> None:
    """Warn if this process is one of several that mpiexec started, although `fit` has no communicator."""
    if (ranks := started_ranks()) > 1:
        warnings.warn(
            f"this process is one of {ranks} that mpiexec started, and each of them trains a model of its own; "
            "to train one model on all of them, give fit the argument communicator='mpi'",
            stacklevel=5,
        )


def started_ranks() -> int:
    """The number of processes that mpiexec started, this one among them; 1 without mpiexec."""
    sizes = [int(size) for name in RANK_COUNTS if (size := os.environ.get(name, "")).isdecimal()]
    return max(sizes, default=1)
