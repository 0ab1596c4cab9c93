"""Functions for libraries that build on the engine: `nn`, `optim` and your own.

operation, elementwise   declare an operation: its forward function and a gradient formula for each input
implements               register the implementation of a NumPy function for tensors
nondeterministic         a call that gives another result every time; compiled steps repeat it
side_effect              a function that changes something outside of the graph; compiled steps call it
mark_dirty               tell the engine that arrays were changed in place
grad_arrays, data_is     gradients and data of tensors without the tensors
as_float_array           numbers as an array of floats
refuse_complex           raise the error about complex numbers where real ones are expected
kernels                  products, sums and maxima by the calls that NumPy answers fastest
leaves, map_leaves       the leaves of nested lists, tuples and dicts
is_internal_file         whether code is part of this project or of NumPy, and not the user's
trace_operations         one run of a function as a list of operations, for programs that write graphs as files: an
                         OperationTrace of OperationCalls, TracedValues and NamedTensors
lazy_attributes          a package that imports its names when they are first used
short_repr               a value for an error message, at most 60 characters
suggest, suggest_names, suggest_own_names, suggest_attributes, bind_foreign_attributes, MODEL_ATTRIBUTES
                         error messages that answer a name of another library with the name used here
atomic_files             files that are written completely or not at all
npz_files                arrays of npz files, whose sizes are verified before memory is allocated
command_line             programs for a shell: arguments, exit status, errors without a traceback

Operations in HIPS autograd's form, for its clients:

primitive, notrace_primitive                the forward function; a function whose result is a constant
defvjp, defvjp_argnum, defvjp_argnums       its gradients
defjvp, defjvp_argnum                       accepted: tangents follow from the gradients
Box                                         Tensor
VSpace, vspace                              zeros, ones, a basis … of a value's structure
"""

import importlib
import operator
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.core import internal_name_error, kernels
from autograd.core.coercion import as_float_array, refuse_complex, short_repr
from autograd.core.operation import elementwise, operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor, Tensor as Box, mark_dirty
from autograd.core.trace_hooks import nondeterministic, side_effect
from autograd.core.trees import leaves, map_leaves
from autograd.utils.call_stack import is_internal_file
from autograd.utils.foreign_names import (
    MODEL_ATTRIBUTES,
    bind_foreign_attributes,
    suggest,
    suggest_attributes,
    suggest_names,
    suggest_own_names,
)
from autograd.utils.lazy import lazy_attributes

if TYPE_CHECKING:
    from autograd.compiler.operation_trace import NamedTensor, OperationCall, OperationTrace, TracedValue, trace_operations
    from autograd.core.primitive import (
        defjvp,
        defjvp_argnum,
        defvjp,
        defvjp_argnum,
        defvjp_argnums,
        notrace_primitive,
        primitive,
    )
    from autograd.core.vector_space import VSpace, vspace
    from autograd.utils import atomic_files, command_line, npz_files

__all__ = [
    "MODEL_ATTRIBUTES",
    "Box",
    "NamedTensor",
    "OperationCall",
    "OperationTrace",
    "TracedValue",
    "VSpace",
    "as_float_array",
    "atomic_files",
    "bind_foreign_attributes",
    "command_line",
    "data_is",
    "defjvp",
    "defjvp_argnum",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "elementwise",
    "grad_arrays",
    "implements",
    "is_internal_file",
    "kernels",
    "lazy_attributes",
    "leaves",
    "map_leaves",
    "mark_dirty",
    "nondeterministic",
    "notrace_primitive",
    "npz_files",
    "operation",
    "primitive",
    "refuse_complex",
    "short_repr",
    "side_effect",
    "suggest",
    "suggest_attributes",
    "suggest_names",
    "suggest_own_names",
    "trace_operations",
    "vspace",
]
#: The modules that few programs use are imported when one of their names is first used.
_MODULES = dict.fromkeys(("atomic_files", "command_line", "npz_files"), "autograd.utils")
_MODULES |= dict.fromkeys(("VSpace", "vspace"), "autograd.core.vector_space")
_MODULES |= dict.fromkeys(
    ("NamedTensor", "OperationCall", "OperationTrace", "TracedValue", "trace_operations"), "autograd.compiler.operation_trace"
)
_MODULES |= dict.fromkeys(
    ("defjvp", "defjvp_argnum", "defvjp", "defvjp_argnum", "defvjp_argnums", "notrace_primitive", "primitive"),
    "autograd.core.primitive",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        module = _MODULES[name]
        return (
            importlib.import_module(f"{module}.{name}")
            if module == "autograd.utils"
            else getattr(importlib.import_module(module), name)
        )
    if name in ("JVPNode", "SparseObject", "VJPNode", "def_linear", "defjvp_argnums", "register_notrace"):
        raise internal_name_error(__name__, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def grad_arrays(tensors: Iterable[Tensor]) -> list[Any]:
    """The array of each tensor's `grad`, or None; creates no tensors.

    >>> from autograd import Tensor
    >>> from autograd.extend import grad_arrays
    >>> x, y = Tensor(3.0, requires_grad=True), Tensor(1.0, requires_grad=True)
    >>> (x * x).backward()
    >>> [g if g is None else float(g) for g in grad_arrays([x, y])]
    [6.0, None]
    """
    grads = [getattr(tensor, "_grad", None) for tensor in tensors]
    return [g if type(g) is np.ndarray else g._data if isinstance(g, Tensor) else g for g in grads]


def data_is(tensors: Iterable[Tensor], arrays: Iterable[Any]) -> bool:
    """Whether the data of each tensor is the same object as the array at its position.

    >>> from autograd import Tensor
    >>> from autograd.extend import data_is
    >>> x = Tensor([1.0, 2.0])
    >>> array = x.data
    >>> x[0] = 5.0
    >>> data_is([x], [array]), data_is([x], [array.copy()])
    (True, False)
    """
    return all(map(operator.is_, map(_data_of, tensors), arrays))


_data_of = operator.attrgetter("_data")
