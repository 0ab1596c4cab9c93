"""The functions layers are made of. The fused ones are declared like any user's own operation."""

from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, operation


def _rows(x):
    """All axes but the last as one."""
    return x if len(x.shape) == 2 else np.reshape(x, (-1, x.shape[-1]))


@operation(
    lambda g, weight: g @ np.swapaxes(weight, -1, -2),
    lambda g, x: np.swapaxes(_rows(x), 0, 1) @ _rows(g),
    lambda g: g,
    symbol="xW + b",
)
def linear(x, weight, bias, /):
    """Affine map of the last axis: x W + b.

    x: (…, in); weight: (in, out); bias: (out,).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.linear(Tensor([[1.0, 2.0]]), Tensor([[1.0], [10.0]]), Tensor([0.5]))
    Tensor([[21.5]])
    """
    out = x @ weight
    out += bias
    return out


@operation(lambda g, out, axis: g - np.exp(out) * g.sum(axis=axis, keepdims=True))
def log_softmax(x, /, axis=-1):
    """Logarithm of the softmax: xᵢ − log Σⱼ exp(xⱼ), without overflow at any x.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.log_softmax(Tensor([1000.0, 0.0]))
    Tensor([    0., -1000.])
    """
    shifted = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    shifted -= np.log(np.add.reduce(np.exp(shifted), axis=axis, keepdims=True))
    return shifted


@operation(lambda g, out, axis: out * (g - (g * out).sum(axis=axis, keepdims=True)))
def softmax(x, /, axis=-1):
    """Scores as probabilities: exp(xᵢ) / Σⱼ exp(xⱼ), without overflow at any x.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.softmax(Tensor([1.8, 0.9, 0.68])).numpy().round(2).tolist()
    [0.58, 0.23, 0.19]
    """
    e = np.exp(x - np.maximum.reduce(x, axis=axis, keepdims=True))
    return e / np.add.reduce(e, axis=axis, keepdims=True)


@operation(lambda g, y, x_shape: -g / len(y) * (y[:, None] == np.arange(x_shape[1])), None, symbol="nll")
def nll(x, y, /):
    """Negative log-likelihood of class indices: −(1/n) Σᵢ xᵢ,yᵢ.

    x: (n, classes), log-probabilities; y: (n,), integers from 0 to classes − 1.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.nll(Tensor([[-0.5, -1.0], [-2.0, -0.25]]), [0, 1]).item()
    0.375
    """
    # As unsigned numbers negative labels are huge, so that they too are out of bounds and not counted from the end.
    picked = x[np.arange(len(x)), y.astype(np.intp, copy=False).view(np.uintp)]
    return -np.add.reduce(picked) / len(x)


def cross_entropy(logits: Any, labels: Any) -> Tensor:
    """Cross-entropy of class indices: −(1/n) Σᵢ log softmax(logitsᵢ)[labelsᵢ].

    logits: (n, classes), any real scores; labels: (n,), integers from 0 to classes − 1.

    Raises ShapeError or DataError if the labels do not fit the logits.

    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.functional.cross_entropy(Tensor([[0.0, 0.0]]), [1]).item(), 4)
    0.6931
    """
    y = labels.data if isinstance(labels, Tensor) else np.asarray(labels)
    shape = np.shape(logits)
    if len(shape) != 2 or y.shape != shape[:1]:
        raise ShapeError(f"cross_entropy: logits (n, classes) and labels (n,) expected, got {shape} and {y.shape}")
    if y.dtype.kind not in "iu":
        raise DataError(f"cross_entropy: labels are class indices (integers), got {y.dtype}")
    try:
        return nll(log_softmax(logits), y)
    except IndexError:
        wrong = y[(y < 0) | (y >= shape[1])][0]
        raise DataError(f"cross_entropy: label {wrong} is not a class index from 0 to {shape[1] - 1}") from None


def mse(prediction: Any, target: Any) -> Tensor:
    """Mean squared error: (1/n) Σ (prediction − target)², over all elements.

    Raises ShapeError if the shapes differ: broadcasting (n, 1) against (n,) is a classic mistake.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.mse(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    2.0
    """
    if np.shape(prediction) != np.shape(target):
        raise ShapeError(f"mse: prediction has shape {np.shape(prediction)} but target has shape {np.shape(target)}")
    return ((prediction - target) ** 2).mean()
