"""scipy.signal on tensors: convolution."""

from math import prod

import numpy as np

from autograd.errors import ShapeError, UnsupportedError
from autograd.operations.convolution import convolution
from autograd.operations.inputs import as_common_floating
from autograd.utils.scipy_names import names_of

__all__ = ["convolve"]
__getattr__ = names_of(__name__, __all__)


def convolve(in1, in2, axes=None, dot_axes=((), ()), mode="full", method="auto"):
    """Convolution: outₙ = Σₖ in1ₖ in2ₙ₋ₖ, along all axes by default.

    axes:     the convolved axes of in1 and of in2, up to three: a pair of sequences of the same length.
    dot_axes: axes of in1 and of in2 that are multiplied and summed, as by np.tensordot.
    mode:     "full" for every overlap, "same" for the size of in1, "valid" for complete overlap. SciPy's
              `convolve(in1, in2, "same")` is understood, too.
    method:   has no effect.

    The result has the remaining axes of in1, those of in2, then the convolved ones. Raises ShapeError if dot_axes differ in
    size, or if in mode "valid" neither input is the larger one along all axes.

    >>> from autograd import Tensor
    >>> from autograd.scipy.signal import convolve
    >>> convolve(Tensor([1.0, 2.0, 3.0]), [1.0, -1.0])
    Tensor([ 1.,  1.,  1., -3.])
    """
    if isinstance(axes, str):
        axes, dot_axes, mode = None, ((), ()), axes
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"convolve: mode is 'full', 'same' or 'valid', not {mode!r}")
    x, y = as_common_floating(in1, in2)
    x_axes, y_axes = (range(x.ndim), range(y.ndim)) if axes is None else axes
    x_dot, y_dot = dot_axes
    if len(x_axes) != len(y_axes) or len(x_dot) != len(y_dot):
        raise ShapeError(f"convolve: the axes of in1 and in2 differ in number: shapes {x.shape} and {y.shape}, axes {axes}")
    if not 1 <= len(x_axes) <= 3:
        raise UnsupportedError(f"convolve: 1 to 3 axes are convolved, not {len(x_axes)}; reshape, or pass axes=")
    x, x_others, x_sizes, x_summed = _arrange(x, x_axes, x_dot)
    y, y_others, y_sizes, y_summed = _arrange(y, y_axes, y_dot)
    if x_summed != y_summed:
        raise ShapeError(f"convolve: the summed axes have sizes {x_summed} in in1 and {y_summed} in in2")
    swaps = prod(y_sizes) > prod(x_sizes) and mode != "same"  # the kernel is the smaller one
    signal, kernel = (y, x) if swaps else (x, y)
    sizes = kernel.shape[2:]
    if mode == "valid" and any(k > n for k, n in zip(sizes, signal.shape[2:])):
        raise ShapeError(f"convolve: in mode 'valid' one input is the larger along all axes; got sizes {x_sizes} and {y_sizes}")
    before = {"full": [k - 1 for k in sizes], "same": [k // 2 for k in sizes], "valid": [0 for _ in sizes]}[mode]
    after = {"full": before, "same": [(k - 1) // 2 for k in sizes], "valid": before}[mode]
    out = convolution(signal, np.flip(kernel, tuple(range(2, kernel.ndim))), padding=tuple(zip(before, after)))
    out = np.swapaxes(out, 0, 1) if swaps else out
    return np.reshape(out, (*x_others, *y_others, *out.shape[2:]))


def _arrange(x, axes, dot_axes):
    """x as (other axes, summed axes, *convolved axes), and the sizes of the other, the convolved and the summed axes."""
    axes, dot_axes = ([axis % x.ndim for axis in group] for group in (axes, dot_axes))
    if len({*axes, *dot_axes}) < len(axes) + len(dot_axes):
        raise ShapeError(f"convolve: an axis is named twice in axes {axes} and dot_axes {dot_axes}")
    others = [axis for axis in range(x.ndim) if axis not in axes and axis not in dot_axes]
    groups = [tuple(x.shape[axis] for axis in group) for group in (others, dot_axes, axes)]
    arranged = np.reshape(np.transpose(x, (*others, *dot_axes, *axes)), (prod(groups[0]), prod(groups[1]), *groups[2]))
    return arranged, groups[0], groups[2], groups[1]
