import threading
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
