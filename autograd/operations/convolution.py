"""Convolution along one, two or three axes, and its two adjoints.

The three operations are the derivatives of one form, Σ yₙₒₚ wₒ꜀ₖ xₙ꜀,ₚ₊ₖ: the convolution is the derivative by y, the
transposed convolution by x, and the third by the weights w. The form is linear in each argument, so the gradients of each
operation are calls of the other two, at every order.
"""

import numpy as np

from autograd.core import kernels
from autograd.core.operation import operation
from autograd.errors import ShapeError
from autograd.operations.convolution_geometry import geometry
from autograd.operations.im2col import convolve, convolve_input, convolve_weight


def _convolution_gradient(g, weight, stride, padding, dilation, groups):
    """The convolution of g with the weights."""
    return convolution(g, weight, None, stride, padding, dilation, groups)


def _input_gradient(g, weight, x_shape, stride, padding, dilation, groups):
    """The transposed convolution of g with the weights."""
    return convolution_transpose(g, weight, x_shape[2:], stride, padding, dilation, groups)


def _weight_gradient(g, x, weight_shape, stride, padding, dilation, groups):
    """The products of x with g, summed over the images and positions."""
    return convolution_weight(x, g, weight_shape[2:], stride, padding, dilation, groups)


@operation(
    _input_gradient,
    _weight_gradient,
    lambda g: kernels.sum_over_axes(g, (0, *range(2, g.ndim))),
    symbol="∗ + b",
    structure="linear",
)
def _convolution_with_bias(x, weight, bias, /, stride, padding, dilation, groups):
    x, weight, bias = np.asarray(x), np.asarray(weight), np.asarray(bias)
    if bias.shape != weight.shape[:1]:
        raise ShapeError(
            f"convolution: got a bias of shape {bias.shape}, expected {weight.shape[:1]}, one for each output channel"
        )
    return convolve(x, weight, bias, geometry(x.shape, weight.shape, stride, padding, dilation, groups))


@operation(_input_gradient, _weight_gradient, symbol="∗", structure="linear")
def _convolution(x, weight, /, stride, padding, dilation, groups):
    x, weight = np.asarray(x), np.asarray(weight)
    return convolve(x, weight, None, geometry(x.shape, weight.shape, stride, padding, dilation, groups))


def convolution(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Convolution (a cross-correlation): outₙₒₚ = Σ꜀ₖ wₒ꜀ₖ xₙ꜀,ₛₚ₊ₖ + bₒ, with one, two or three axes after N and C.

    x:        (N, C, *size); weight: (out, C / groups, *kernel); bias: (out,) or None. The result is (N, out, *positions), with
              (size + padding − dilation (kernel − 1) − 1) // stride + 1 positions along each axis.
    stride:   the distance s of the windows, for all axes or as a tuple.
    padding:  zeros before and after each axis: an integer, a tuple of integers, or a tuple of pairs (before, after).
    dilation: the distance of the elements of a window.
    groups:   channels are divided into so many groups, each convolved with its own outputs; C for a depthwise convolution.

    Raises ShapeError unless the channels match, groups divides them, and the kernel fits into the padded input.

    PyTorch's conv1d, conv2d and conv3d; in Keras, whose ops.conv has the channels last, weights are (*kernel, C / groups, out).

    >>> from autograd import Tensor, convolution
    >>> convolution(Tensor([[[1.0, 2.0, 4.0]]]), Tensor([[[-1.0, 1.0]]]))
    Tensor([[[1., 2.]]])
    """
    if bias is None:
        return _convolution(x, weight, stride, padding, dilation, groups)
    return _convolution_with_bias(x, weight, bias, stride, padding, dilation, groups)


def _transposed_weight_gradient(g, x, weight_shape, stride, padding, dilation, groups):
    """The products of g with x, summed over the images and positions."""
    return convolution_weight(g, x, weight_shape[2:], stride, padding, dilation, groups)


@operation(_convolution_gradient, _transposed_weight_gradient, symbol="∗ᵀ", structure="linear")
def convolution_transpose(x, weight, /, size, stride=1, padding=0, dilation=1, groups=1):
    """Transposed convolution, the adjoint of `convolution` towards its input: outₙ꜀,ₛₚ₊ₖ += Σₒ wₒ꜀ₖ xₙₒₚ.

    x:      (N, out, *positions), as the convolution returns it; weight: (out, C / groups, *kernel).
    size:   of the result (N, C, *size), because a stride leaves several possible.
    stride, padding, dilation, groups: those of the convolution.

    PyTorch's torch.nn.grad.conv2d_input, and its conv_transpose2d with output_padding in place of the size.

    >>> from autograd import Tensor, convolution_transpose
    >>> convolution_transpose(Tensor([[[1.0, 2.0]]]), Tensor([[[-1.0, 1.0]]]), (3,))
    Tensor([[[-1., -1.,  2.]]])
    """
    x, weight = np.asarray(x), np.asarray(weight)
    shape = (*x.shape[:1], *(n * groups for n in weight.shape[1:2]), *size)
    geo = geometry(shape, weight.shape, stride, padding, dilation, groups)
    _check_output("convolution_transpose", x, geo)
    return convolve_input(x, weight, geo)


def _x_gradient(g, y, x_shape, stride, padding, dilation, groups):
    """The transposed convolution of y with g."""
    return convolution_transpose(y, g, x_shape[2:], stride, padding, dilation, groups)


def _y_gradient(g, x, stride, padding, dilation, groups):
    """The convolution of x with g."""
    return convolution(x, g, None, stride, padding, dilation, groups)


@operation(_x_gradient, _y_gradient, symbol="⋆", structure="linear")
def convolution_weight(x, y, /, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    """The adjoint of `convolution` towards its weights: outₒ꜀ₖ = Σₙₚ yₙₒₚ xₙ꜀,ₛₚ₊ₖ.

    x: (N, C, *size); y: (N, out, *positions), shaped like the result of the convolution.
    kernel_size: of the result (out, C / groups, *kernel).
    stride, padding, dilation, groups: those of the convolution.

    PyTorch's torch.nn.grad.conv2d_weight.

    >>> from autograd import Tensor, convolution_weight
    >>> convolution_weight(Tensor([[[1.0, 2.0, 4.0]]]), Tensor([[[1.0, 10.0]]]), (2,))
    Tensor([[[21., 42.]]])
    """
    x, y = np.asarray(x), np.asarray(y)
    shape = (*y.shape[1:2], *(n // groups for n in x.shape[1:2]), *kernel_size)
    geo = geometry(x.shape, shape, stride, padding, dilation, groups)
    _check_output("convolution_weight", y, geo)
    return convolve_weight(x, y, geo)


def _check_output(name, y, geo):
    """Raise ShapeError unless an array has the shape of the convolution's result."""
    if y.shape != geo.out_shape:
        raise ShapeError(f"{name}: got {y.shape}, expected {geo.out_shape}, the shape of the convolution's result")
