"""Embedding: rows of a weight matrix, selected by index."""

import numpy as np

from autograd import DataError, operation, scatter


def _weight_gradient(g, x, weight_shape, padding_idx):
    if padding_idx is not None:
        g = np.where(np.equal(x, padding_idx)[..., None], 0, g)
    return scatter(g, x, weight_shape)


@operation(None, _weight_gradient)
def embedding(x, weight, /, padding_idx=None):
    """Rows of the weights: out = weight[x], the product of one-hot vectors with the weights.

    x: (…), integers from 0 to n − 1; weight: (n, features); padding_idx: an index whose row gets no gradient.

    Raises DataError for an index that is not an integer from 0 to n − 1.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.embedding([2, 0], Tensor([[1.0, 1.5], [2.0, 2.5], [3.0, 3.5]]))
    Tensor([[3. , 3.5],
            [1. , 1.5]])
    """
    x = x if hasattr(x, "__array_function__") else np.asarray(x)
    if x.dtype.kind not in "iu":
        raise DataError(f"embedding: got {x.dtype}, expected indices (integers)")
    indices = np.reshape(x.astype(np.int64), -1)
    largest = np.argmax(indices.view(np.uint64)) if x.size else 0  # negative indices are the largest of these
    if x.size and not 0 <= indices[largest] < len(weight):
        invalid = indices[(indices < 0) | (indices >= len(weight))]
        raise DataError(f"embedding: got index {invalid[0]}, expected indices from 0 to {len(weight) - 1}")
    return np.take(weight, x, axis=0)
