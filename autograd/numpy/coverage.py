"""List the functions of NumPy that work on tensors: python -m autograd.numpy.coverage [FILE]

NumPy lists the functions that other array types can override. On tensors each of them is differentiable, or constant, or
refused with a reason. Methods of ufuncs and arrays, and functions of `autograd.numpy` that make arrays, are listed apart.

FILE: names of another library, one a line, such as numpy.linalg.inv; those that are not supported here are printed.
"""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

import numpy as np
import numpy.char
import numpy.polynomial
from numpy.testing import overrides

from autograd.core.registry import lazy_families, numpy_functions
from autograd.core.tensor import Tensor
from autograd.numpy.protocol import METHODS
from autograd.numpy.sequences import CREATION
from autograd.numpy.support import CONSTANT, public_name, refusal_reason

for _family in lazy_families.values():
    import_module(_family)


def overridable_functions() -> set[Callable]:
    """The functions of NumPy that other array types can override."""
    return overrides.get_overridable_numpy_ufuncs() | overrides.get_overridable_numpy_array_functions()


def names_by_support() -> tuple[list[str], list[str], list[str], list[str]]:
    """The names of the overridable functions: differentiable, constant, refused, and in none of these lists."""
    functions = overridable_functions()
    without_gradient = {f for f in functions & numpy_functions.keys() if getattr(numpy_functions[f], "constant", False)}
    differentiable = (functions & numpy_functions.keys()) - without_gradient
    constant = (functions & CONSTANT) | without_gradient
    refused = {function for function in functions if refusal_reason(function)}
    unlisted = functions - differentiable - constant - refused
    return _public_names(differentiable), _public_names(constant), _public_names(refused), _public_names(unlisted)


def array_makers() -> list[str]:
    """The functions that make arrays, of tensors, too, in `autograd.numpy`; NumPy's own of the same name take no tensors."""
    return sorted(name.replace("numpy", "np", 1) for name in CREATION)


def ufunc_methods() -> tuple[list[str], list[str]]:
    """The methods of ufuncs that are differentiable, and those that are constant, such as np.subtract.outer."""
    ufuncs = [f for f in numpy_functions if isinstance(f, np.ufunc) and f.nin == 2 and f.nout == 1 and f.signature is None]
    outer = {True: set[str](), False: set[str]()}
    for ufunc in ufuncs:
        outer[getattr(numpy_functions[ufunc], "constant", False)].add(f"np.{ufunc.__name__}.outer")
    return sorted(outer[False] | {f"np.{ufunc.__name__}.{method}" for ufunc, method in METHODS}), sorted(outer[True])


def array_methods() -> list[str]:
    """The methods of np.ndarray that tensors have."""
    public = [name for name in dir(np.ndarray) if not name.startswith("_") and callable(getattr(np.ndarray, name))]
    return [f"np.ndarray.{name}" for name in public if callable(getattr(Tensor, name, None))]


def unsupported(names: Iterable[str]) -> list[str]:
    """Those of the names, such as numpy.linalg.inv, that are neither differentiable nor constant here."""
    differentiable, constant, _, _ = names_by_support()
    supported = {*differentiable, *constant, *array_makers(), *array_methods(), *ufunc_methods()[0], *ufunc_methods()[1]}
    return [name for name in names if name.replace("numpy", "np", 1) not in supported]


def _public_names(functions: Iterable[Callable]) -> list[str]:
    return sorted({public_name(function) for function in functions})


def main(arguments: list[str]) -> None:
    """Print all lists, each with its length."""
    differentiable, constant, refused, unlisted = names_by_support()
    methods, constant_methods = ufunc_methods()
    lists = {
        "differentiable": differentiable,
        "differentiable in autograd.numpy, which makes arrays of tensors": array_makers(),
        "differentiable methods of ufuncs": methods,
        "methods of arrays": array_methods(),
        "constant": constant,
        "constant methods of ufuncs": constant_methods,
        "refused": refused,
        "in no list": unlisted,
    }
    for label, names in lists.items():
        print(f"{len(names):4d} {label}")
        print("     " + ", ".join(names) + "\n" if names else "")
    print(f"{len({*differentiable, *array_makers(), *methods}):4d} differentiable in all, without the methods of arrays")
    for path in arguments:
        names = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        missing = unsupported(filter(None, names))
        print(f"{len(missing):4d} of the {len(names)} names in {path} are not supported here")
        print("     " + ", ".join(missing) if missing else "")


if __name__ == "__main__":
    main(sys.argv[1:])
