"""Reverse-mode automatic differentiation for scalars and tensors, on NumPy.

>>> from autograd import Tensor
>>> x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
>>> f = x**2 * y / z
>>> f.backward()
>>> f.item(), x.grad.item(), y.grad.item(), z.grad.item()
(18.0, 12.0, 4.5, -9.0)
"""

from typing import TYPE_CHECKING

from autograd.tensor import Tensor, default_dtype, gradient_arrays, hold, note_change  # first: the operations need the class
from autograd.anomaly import detect_anomaly
from autograd.arrays import floats
from autograd.checkpoint import checkpoint
from autograd.errors import AnomalyError, DataError, GradientError, GraphError, InPlaceError, ShapeError, UnsupportedError
from autograd.function import Function
from autograd.functional import gradients
from autograd.later import importer
from autograd.operation import elementwise, operation
from autograd.operations.elementwise import absolute as abs
from autograd.operations.elementwise import clip, cos, exp, log, maximum, minimum, relu, sigmoid, sin, sqrt, tanh, where
from autograd.operations.indexing import scatter
from autograd.operations.linear_algebra import matmul
from autograd.operations.reduction import max, mean, min, prod, std, sum, var
from autograd.operations.shape import broadcast_to, concatenate, expand_dims, reshape, squeeze, stack, swapaxes, transpose
from autograd.operations.special import digamma, erf, erfc, gammaln, logit, logsumexp, polygamma, softplus, xlogy
from autograd.recording import enable_grad, is_recording, no_grad
from autograd.tracing import drawn, repeated
from autograd.transforms import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

if TYPE_CHECKING:
    from autograd.checking import check_grads, gradcheck, gradgradcheck
    from autograd.compiled import compile

__version__ = "0.1.0"

__all__ = [
    "AnomalyError",
    "DataError",
    "Function",
    "GradientError",
    "GraphError",
    "InPlaceError",
    "ShapeError",
    "Tensor",
    "UnsupportedError",
    "abs",
    "broadcast_to",
    "check_grads",
    "checkpoint",
    "clip",
    "compile",
    "concatenate",
    "cos",
    "default_dtype",
    "detect_anomaly",
    "digamma",
    "drawn",
    "elementwise",
    "elementwise_grad",
    "enable_grad",
    "erf",
    "erfc",
    "exp",
    "expand_dims",
    "floats",
    "gammaln",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "gradient_arrays",
    "gradients",
    "hessian",
    "hold",
    "hvp",
    "is_recording",
    "jacobian",
    "jvp",
    "log",
    "logit",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "no_grad",
    "note_change",
    "operation",
    "polygamma",
    "prod",
    "relu",
    "repeated",
    "reshape",
    "scatter",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "squeeze",
    "stack",
    "std",
    "sum",
    "swapaxes",
    "tanh",
    "transpose",
    "value_and_grad",
    "var",
    "vjp",
    "where",
    "xlogy",
]


#: What is imported when it is first asked for: the module → its names.
_LATER = {"draw": "draw", "compiled": "compile", "checking": "check_grads gradcheck gradgradcheck"}
__getattr__ = importer(__name__, _LATER)
