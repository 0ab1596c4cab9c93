"""NumPy's namespace for differentiable programs: `import autograd.numpy as np`.

Every name is NumPy's own object, which works on tensors by NumPy's dispatch protocol, except for two groups that NumPy does not
dispatch, or not on the elements of lists:

- functions that make arrays (`autograd.numpy.creation`): `np.array([x, y])` of tensors is a tensor, and is recorded;
- functions that take an array (`autograd.numpy.sequences`): `np.sum([x, y])` is `np.sum(np.array([x, y]))`.

`np.linalg`, `np.fft` and `np.random` follow the same rule. `np.ndarray`, the dtypes, the constants and `np.errstate` are
NumPy's. A tensor is no `np.ndarray`: `isinstance(x, np.ndarray)` is False for it, as for an ArrayBox of HIPS autograd, and True
with the `isinstance` of `autograd.builtins`.

>>> import autograd.numpy as np
>>> from autograd import grad
>>> grad(lambda x: np.sum(np.array([x, np.sin(x)])))(0.0).item()
2.0
"""

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    # The engine imports the protocol from this package at its start: names are looked up when they are first used.
    from importlib.util import find_spec

    if find_spec(f"{__name__}.{name}") is not None:
        return importlib.import_module(f"{__name__}.{name}")
    from autograd.numpy.sequences import namespace_attribute

    value = globals()[name] = namespace_attribute("numpy", name)
    return value


def __dir__() -> list[str]:
    return sorted({*dir(importlib.import_module("numpy")), *globals()})
