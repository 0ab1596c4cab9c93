"""reuse_memory: fewer fresh pages for large arrays, no higher peak."""

import json
import subprocess
import sys

import pytest

import autograd

PROGRAM = """
import json
import resource
import sys

import numpy as np

import autograd

reuses = sys.argv[1] == "reuse" and autograd.reuse_memory()
x = np.linspace(-1.0, 1.0, 400_000)


def step():
    t = autograd.Tensor(x, requires_grad=True)
    (np.tanh(t) * np.exp(t) + np.sin(t)).sum().backward()


for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([reuses, usage.ru_minflt - before, usage.ru_maxrss]))
"""


def measure(mode):
    """(setting accepted, page faults in ten steps, largest memory in KiB) of a training in its own process."""
    pytest.importorskip("resource")
    result = subprocess.run([sys.executable, "-c", PROGRAM, mode], capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def test_steps_on_large_arrays_need_no_fresh_pages_and_no_more_memory():
    accepted, faults, peak = measure("reuse")
    if not accepted:
        pytest.skip("the C library has no mallopt of glibc")
    _, default_faults, default_peak = measure("default")
    assert default_faults > 2_000  # each array of 3 MB has 781 pages
    assert faults < default_faults / 20
    assert peak < 1.1 * default_peak


@pytest.mark.parametrize("limit", [0, -1, 2**31])
def test_a_limit_out_of_range_is_refused(limit):
    with pytest.raises(ValueError, match=f"limit: bytes from 1 to 2147483647 expected, got {limit}"):
        autograd.reuse_memory(limit)
