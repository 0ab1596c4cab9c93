"""DLPack: arrays of other libraries as tensors, and tensors as their arrays, in shared memory."""

from typing import Any

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.tensor import Tensor
from autograd.errors import DataError, GraphError


def from_dlpack(x: Any, copy: bool | None = None) -> Tensor:
    """An array of another library as a tensor without a graph, by DLPack; it shares the memory unless copied.

    x:    an array in main memory with `__dlpack__`, such as one of PyTorch, JAX, CuPy or NumPy, of integers, floats, complex
          numbers or bools.
    copy: True for memory of its own, False for an error where the memory cannot be shared.

    A change of the values by the other library is not seen by the detection of in-place changes: copy an array that changes
    between the forward and the backward pass. The tensor is read-only if the array is. Raises TypeError for an object without
    `__dlpack__`, and DataError for an array on another device or of a dtype that NumPy lacks, such as bfloat16.

    In the other direction tensors have `__dlpack__`: torch.from_dlpack(t), np.from_dlpack(t), jax.numpy.from_dlpack(t). Like
    np.asarray(t) it raises GraphError for a tensor that requires gradients, unless inside `no_grad`; detach() drops the graph.
    torch.from_dlpack, jax.numpy.from_dlpack; the Python array API standard, 2023.12.

    >>> import numpy as np
    >>> from autograd import from_dlpack
    >>> array = np.array([1.0, 2.0])
    >>> t = from_dlpack(array)
    >>> array[0] = 5.0
    >>> t.tolist()
    [5.0, 2.0]
    """
    if not hasattr(x, "__dlpack__"):
        raise TypeError(f"from_dlpack takes an array with __dlpack__, not {short_repr(x)}; use Tensor(…) for numbers and lists")
    try:
        array = np.from_dlpack(x, copy=copy)
    except (BufferError, RuntimeError, ValueError, TypeError) as error:  # each library raises its own
        raise DataError(f"from_dlpack: this {type(x).__name__} cannot be shared with NumPy: {error!s:.200}") from error
    if array.dtype.kind not in "biufc":
        raise DataError(f"from_dlpack: expected numbers, got an array of dtype {array.dtype}")
    return Tensor._wrap(array if array.ndim else array[()], None)


def capsule(tensor: Tensor, **options: Any) -> Any:
    """The capsule of DLPack, for from_dlpack of other libraries; `options` are those of NumPy's arrays."""
    if tensor._node is not None and is_grad_enabled():
        raise GraphError(
            f"{tensor._describe()} requires gradients, which an array of another library does not have; "
            "call .detach() to share its values"
        )
    return np.asarray(tensor.data).__dlpack__(**options)
