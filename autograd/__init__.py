"""Reverse-mode automatic differentiation for scalars and tensors, on NumPy.

>>> from autograd import Tensor
>>> x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
>>> f = x**2 * y / z
>>> f.backward()
>>> f.item(), x.grad.item(), y.grad.item(), z.grad.item()
(18.0, 12.0, 4.5, -9.0)
"""

from typing import TYPE_CHECKING

from autograd.core.coercion import floats
from autograd.core.function import Function
from autograd.core.grad_mode import enable_grad, is_recording, no_grad
from autograd.core.operation import elementwise, operation
from autograd.core.tensor import default_dtype, gradient_arrays, hold, note_change
from autograd.core.trace_hooks import drawn, repeated
from autograd.debug.anomaly import detect_anomaly
from autograd.errors import AnomalyError, DataError, GradientError, GraphError, InPlaceError, ShapeError, UnsupportedError
from autograd.operations.elementwise import absolute as abs
from autograd.operations.elementwise import clip, cos, exp, log, maximum, minimum, relu, sigmoid, sin, sqrt, tanh, where
from autograd.operations.indexing import scatter
from autograd.operations.matmul import matmul
from autograd.operations.reduction import max, mean, min, prod, std, sum, var
from autograd.operations.shape import broadcast_to, concatenate, expand_dims, reshape, squeeze, stack, swapaxes, transpose
from autograd.operations.special import digamma, erf, erfc, gammaln, logit, logsumexp, polygamma, softplus, xlogy
from autograd.operators import Tensor
from autograd.transforms.functional import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.transforms.gradient_checkpointing import checkpoint
from autograd.transforms.gradients import gradients
from autograd.utils.lazy import importer

if TYPE_CHECKING:
    from autograd.compiler.compiled_step import compile
    from autograd.debug.gradcheck import check_grads, gradcheck, gradgradcheck

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
_LATER = {"draw": "draw", "compiler.compiled_step": "compile", "debug.gradcheck": "check_grads gradcheck gradgradcheck"}
__getattr__ = importer(__name__, _LATER)
