"""An error of one rank ends the job on all ranks: the others would wait for its next call for ever."""

import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from optim.distributed.communicator import Communicator, DistributedError

#: Seconds that a rank waits with an error that others may have, too, so that one of them prints it and ends the job.
PATIENCE = 1.0
INTERRUPTED, FAILED = 130, 2  # the exit statuses of a command after Ctrl-C and after an error


def end_job_on_error(communicator: Communicator) -> None:
    """From now on, an error that nobody catches is printed with the rank that raised it, and ends the job on all ranks.

    SystemExit is no error: a rank that leaves by sys.exit(1) makes the others wait; start such a program as
    `python -m mpi4py program.py`, which ends the job then, too.
    """

    def report_and_abort(cls: type[BaseException], error: BaseException, stack: TracebackType | None) -> None:
        is_of_all = isinstance(error, DistributedError)
        if not (is_of_all and communicator.rank):  # all ranks raise it, one prints it
            text = "".join(traceback.format_exception(cls, error, stack))
            sys.stderr.write(f"rank {communicator.rank} of {communicator.size}:\n{text}")
            sys.stderr.flush()
        if is_of_all:
            time.sleep(PATIENCE)
        communicator.abort(INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1)

    sys.excepthook = report_and_abort


@contextmanager
def end_job_of_command(communicator: Communicator, name: str) -> Iterator[None]:
    """On several ranks, an error in the block is printed on one line, as by `run_command`, and ends the job on all ranks."""
    try:
        yield
    except Exception as error:  # whatever it is, the others wait
        if communicator.size > 1:
            if communicator.rank:
                time.sleep(PATIENCE)
            rank = f"rank {communicator.rank} of {communicator.size}"
            print(f"{name}: {rank}: {' '.join(str(error).split())}", file=sys.stderr, flush=True)
            communicator.abort(FAILED)
        raise
