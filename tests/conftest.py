import os
import re

import pytest
from hypothesis import settings

from autograd import default_dtype

# At home every run explores other examples; in CI the same ones are tried again, so that a red run can be repeated.
settings.register_profile("chainrule", deadline=None, database=None, derandomize="CI" in os.environ)
settings.load_profile("chainrule")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """One thread of BLAS in each worker: with more, the workers wait for each other's threads."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(items):
    """Refuse ids that another process would not repeat, and mark the tests that compare with PyTorch."""
    unstable = [item.nodeid for item in items if re.search(r"\b0x[0-9a-f]{6,}", item.nodeid)]
    if unstable:
        raise pytest.UsageError("the ids of these tests hold an address; name them with ids=: " + "\n".join(unstable))
    for item in items:
        if {"torch", "double_torch"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("torch")


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def single_precision():
    before = default_dtype()
    yield default_dtype("float32")
    default_dtype(before)
