# The names below take the place of those of NumPy.
# mypy: disable-error-code="assignment, no-redef"
# ruff: noqa: F403, I001
from typing import Any

from autograd.numpy import fft as fft, linalg as linalg, random as random
from autograd.numpy.creation import (
    array as array,
    asanyarray as asanyarray,
    asarray as asarray,
    ascontiguousarray as ascontiguousarray,
    asfortranarray as asfortranarray,
    c_ as c_,
    full as full,
    full_like as full_like,
    r_ as r_,
)
from numpy import *

def __getattr__(name: str) -> Any: ...
