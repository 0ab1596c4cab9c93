import os
import signal
import threading
import time
import traceback
from contextlib import suppress

import numpy as np
import pytest

from optim import Batch, MiniBatch, Stochastic
from optim.data import DataLoader, Subset

N = 11
X, Y = np.arange(2.0 * N).reshape(N, 2), np.arange(N)


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("prefetch")]


def test_thread_is_there_where_something_is_waited_for():
    assert DataLoader((X, Y)).prefetch == 0
    assert DataLoader(Subset((X, Y), [1, 2])).prefetch == 0
    assert DataLoader((X, Y), transform=np.negative).prefetch == 2
    assert DataLoader((X, Y), prefetch=3).prefetch == 3


@pytest.mark.parametrize("prefetch", [1, 3])
def test_the_thread_prefetches_the_given_number_of_batches(prefetch):
    prepared = threading.Semaphore(0)
    count = 0

    def transform(x):
        nonlocal count
        count += 1
        prepared.release()
        return x

    batches = iter(DataLoader((X, Y), Stochastic(), transform=transform, prefetch=prefetch, rng=0))
    next(batches)
    for _ in range(prefetch + 1):
        assert prepared.acquire(timeout=10)
    assert not prepared.acquire(timeout=0.05)
    assert count == prefetch + 1


@pytest.mark.parametrize("prefetch", [0, 2])
def test_an_exception_of_a_transform_is_raised_at_its_batch(prefetch):
    calls = 0

    def broken(x):
        nonlocal calls
        calls += 1
        if calls == 3:
            raise ZeroDivisionError("no such pixel")
        return x

    arrived = []
    loader = DataLoader((X, Y), MiniBatch(2), transform=broken, prefetch=prefetch, rng=0)
    with pytest.raises(ZeroDivisionError, match="no such pixel") as caught:
        arrived.extend(targets for _, targets in loader)
    assert len(arrived) == 2
    assert "broken" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert caught.value.__notes__ == ["(in batch 3 of 6)"]
    assert not threads()


def finish(loader):
    list(loader)


def leave(loader):
    for _ in loader:
        break


def fail(loader):
    with suppress(KeyboardInterrupt):
        for _ in loader:
            raise KeyboardInterrupt


def forget(loader):
    batches = iter(loader)
    next(batches)


def never_begin(loader):
    iter(loader)


def close(loader):
    batches = iter(loader)
    next(batches)
    batches.close()
    assert not threads()


@pytest.mark.parametrize("use", [finish, leave, fail, forget, never_begin, close])
def test_no_thread_outlives_its_loop(use):
    use(DataLoader((X, Y), Stochastic(), transform=np.negative, prefetch=2, rng=0))
    assert not threads()


def test_thread_obeys_the_error_state_of_the_loop():
    with np.errstate(divide="ignore"):
        for inputs, _ in DataLoader((X, Y), Batch(), transform=lambda x: 1 / (x * 0), prefetch=2):
            assert not np.isfinite(inputs).any()


def in_a_forked_process(function):
    """The result of a function in a forked process, as text; fails if it takes longer than 20 seconds."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            signal.alarm(20)
            os.write(write, str(function()).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        text = file.read()
    assert os.waitpid(child, 0)[1] == 0
    return text


def refusal(batches):
    try:
        return f"{len(list(batches))} more"
    except RuntimeError as error:
        return error


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@needs_fork
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("batches_before", [1, 3, 5, 6])
@pytest.mark.parametrize("delay", [0, 0.05])
def test_forked_process_is_told_that_it_has_no_thread(batches_before, delay):
    def slow(x):
        time.sleep(delay)
        return x

    batches = iter(DataLoader((X, Y), MiniBatch(2), transform=slow, rng=0))
    for _ in range(batches_before):
        next(batches)
    assert "start a new iteration of the DataLoader" in in_a_forked_process(lambda: refusal(batches))
    assert len(list(batches)) == 6 - batches_before


@needs_fork
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_forked_process_may_drop_the_iterator_and_start_another():
    loader = DataLoader((X, Y), MiniBatch(2), transform=np.negative, rng=0)
    batches = iter(loader)
    next(batches)

    def start_another():
        batches.close()
        return len(list(loader))

    assert in_a_forked_process(start_another) == "6"


@needs_fork
def test_iterator_that_has_not_begun_continues_in_a_forked_process():
    batches = iter(DataLoader((X, Y), MiniBatch(2), transform=np.negative, rng=0))
    assert in_a_forked_process(lambda: refusal(batches)) == "6 more"
