"""Functions that make arrays, for tensors and nested lists of them: array, asarray, full, r_, c_ and others.

On arguments without tensors each is NumPy's function of the same name.
"""

from typing import Any

import numpy as np

from autograd.core.tensor import TENSOR_TYPES, Tensor
from autograd.errors import ShapeError
from autograd.operations.rearrange import gather_like
from autograd.operations.shape import broadcast_to, concatenate, copy, reshape, stack

SEQUENCES = frozenset({list, tuple})


def holds_tensor(x: Any) -> bool:
    """Whether x is a list or tuple with a tensor in it, at any depth."""
    if type(x) not in SEQUENCES:
        return False
    if not TENSOR_TYPES.isdisjoint(map(type, x)):
        return True
    return not SEQUENCES.isdisjoint(map(type, x)) and any(map(holds_tensor, x))


def join_elements(nested: Any) -> Tensor:
    """The tensor of a nested list with tensors: one operation that stacks all elements, and a reshape if the list is nested.

    Raises ShapeError for rows of different lengths and elements of different shapes.
    """
    items, sizes = list(nested), [len(nested)]
    while items and all(type(item) in SEQUENCES and len(item) == len(items[0]) for item in items):
        sizes.append(len(items[0]))
        items = [element for item in items for element in item]
    items = [as_joined(item) for item in items]
    shapes = {np.shape(item) for item in items}
    if len(shapes) > 1:
        raise ShapeError(f"array: elements of one list have the shapes {sorted(shapes)}; they need one shape")
    joined = stack(items)
    return reshape(joined, (*sizes, *joined.shape[1:])) if len(sizes) > 1 else joined


def as_joined(x: Any) -> Any:
    """A list or tuple with tensors as a tensor; anything else unchanged."""
    return join_elements(x) if holds_tensor(x) else x


def array(object: Any, dtype: Any = None, *args: Any, ndmin: int = 0, **options: Any) -> Any:
    """An array, as np.array; of a tensor a recorded copy, of nested lists with tensors one recorded tensor.

    >>> import autograd.numpy as np
    >>> from autograd import Tensor
    >>> x = Tensor(2.0, requires_grad=True)
    >>> np.array([[x, 1.0], [0.0, x]]).shape
    (2, 2)
    """
    if (type(object) not in TENSOR_TYPES and not holds_tensor(object)) or (dtype is not None and np.dtype(dtype) == "O"):
        return np.array(object, dtype, *args, ndmin=ndmin, **options)
    keeps_memory = options.get("copy", True) is not True
    return _convert(object, dtype, ndmin) if keeps_memory or holds_tensor(object) else copy(_convert(object, dtype, ndmin))


def _convert(x: Any, dtype: Any, ndmin: int = 0) -> Any:
    x = as_joined(x)
    if dtype is not None and x.dtype != dtype:
        x = x.astype(dtype)
    return reshape(x, (1,) * (ndmin - x.ndim) + x.shape) if x.ndim < ndmin else x


def asarray(a: Any, dtype: Any = None, *args: Any, **options: Any) -> Any:
    """An array, as np.asarray; a tensor is returned as it is."""
    is_plain = type(a) not in TENSOR_TYPES and not holds_tensor(a)
    return np.asarray(a, dtype, *args, **options) if is_plain else _convert(a, dtype)


def asanyarray(a: Any, dtype: Any = None, *args: Any, **options: Any) -> Any:
    """An array, as np.asanyarray; a tensor is returned as it is."""
    is_plain = type(a) not in TENSOR_TYPES and not holds_tensor(a)
    return np.asanyarray(a, dtype, *args, **options) if is_plain else _convert(a, dtype)


def ascontiguousarray(a: Any, dtype: Any = None, **options: Any) -> Any:
    """An array with at least one axis; of a tensor the same values, whatever their order in memory."""
    is_plain = type(a) not in TENSOR_TYPES and not holds_tensor(a)
    return np.ascontiguousarray(a, dtype, **options) if is_plain else _convert(a, dtype, 1)


def asfortranarray(a: Any, dtype: Any = None, **options: Any) -> Any:
    """An array with at least one axis; of a tensor the same values, whatever their order in memory."""
    is_plain = type(a) not in TENSOR_TYPES and not holds_tensor(a)
    return np.asfortranarray(a, dtype, **options) if is_plain else _convert(a, dtype, 1)


def full(shape: Any, fill_value: Any, dtype: Any = None, *args: Any, **options: Any) -> Any:
    """An array of one value, as np.full; the gradient of a tensor `fill_value` is the sum over the elements.

    >>> import autograd.numpy as np
    >>> from autograd import Tensor
    >>> np.full(2, Tensor(3.0))
    Tensor([3., 3.])
    """
    value = as_joined(fill_value)
    if type(value) not in TENSOR_TYPES:
        return np.full(shape, fill_value, dtype, *args, **options)
    return copy(broadcast_to(_convert(value, dtype), tuple(shape) if np.iterable(shape) else (int(shape),)))


def full_like(a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None) -> Any:
    """An array of one value with the shape and dtype of another, as np.full_like; `fill_value` can be a tensor."""
    value = as_joined(fill_value)
    if type(value) not in TENSOR_TYPES:
        return np.full_like(a, fill_value, dtype, order, subok, shape)
    a = as_joined(a)
    return full(np.shape(a) if shape is None else shape, value, a.dtype if dtype is None and hasattr(a, "dtype") else dtype)


class RowJoiner:
    """`np.r_`, which joins by indexing, also of tensors: `np.r_[x, 0, y]`.

    >>> import autograd.numpy as np
    >>> from autograd import Tensor
    >>> np.r_[Tensor([1.0, 2.0]), 0, 3:5]
    Tensor([1., 2., 0., 3., 4.])
    """

    plain: Any = np.r_

    def __getitem__(self, key: Any) -> Any:
        items = key if isinstance(key, tuple) else (key,)
        if not any(type(item) in TENSOR_TYPES or holds_tensor(item) for item in items):
            return self.plain[key]
        items = tuple(np.r_[item] if isinstance(item, slice) else as_joined(item) for item in items)
        if isinstance(items[0], str):
            return gather_like(lambda *numbers: self.plain[(items[0], *numbers)], *items[1:])
        return self.join(items)

    def join(self, items: tuple) -> Any:
        """The items joined along the first axis."""
        return concatenate([reshape(item, 1) if np.ndim(item) == 0 else item for item in items])

    def __len__(self) -> int:
        return 0


class ColumnJoiner(RowJoiner):
    """`np.c_`, which joins columns by indexing, also of tensors: `np.c_[x, y]`.

    >>> import autograd.numpy as np
    >>> from autograd import Tensor
    >>> np.c_[Tensor([1.0, 2.0]), [3.0, 4.0]]
    Tensor([[1., 3.],
            [2., 4.]])
    """

    plain = np.c_

    def join(self, items: tuple) -> Any:
        """The items joined along the last axis; a vector is a column."""
        return concatenate([reshape(item, (-1, 1)) if np.ndim(item) < 2 else item for item in items], axis=-1)


r_, c_ = RowJoiner(), ColumnJoiner()
