from autograd import draw as draw, extend as extend
from autograd.compiler.compiled_step import compile as compile
from autograd.core.coercion import default_dtype as default_dtype
from autograd.core.function import Function as Function
from autograd.core.grad_mode import enable_grad as enable_grad, is_grad_enabled as is_grad_enabled, no_grad as no_grad
from autograd.core.operation import elementwise as elementwise, operation as operation
from autograd.core.tensor import Tensor as Tensor
from autograd.debug.anomaly import detect_anomaly as detect_anomaly
from autograd.debug.gradcheck import check_grads as check_grads, gradcheck as gradcheck, gradgradcheck as gradgradcheck
from autograd.errors import (
    AnomalyError as AnomalyError,
    DataError as DataError,
    GradientError as GradientError,
    GraphError as GraphError,
    InPlaceError as InPlaceError,
    ShapeError as ShapeError,
    TraceError as TraceError,
    UnsupportedError as UnsupportedError,
)
from autograd.operations.convolution import (
    convolution as convolution,
    convolution_transpose as convolution_transpose,
    convolution_weight as convolution_weight,
)
from autograd.operations.elementwise import (
    clip as clip,
    cos as cos,
    exp as exp,
    log as log,
    maximum as maximum,
    minimum as minimum,
    relu as relu,
    sigmoid as sigmoid,
    sin as sin,
    sqrt as sqrt,
    tanh as tanh,
    where as where,
)
from autograd.operations.indexing import scatter as scatter
from autograd.operations.matmul import matmul as matmul
from autograd.operations.reduction import max as max, mean as mean, min as min, prod as prod, std as std, sum as sum, var as var
from autograd.operations.shape import (
    broadcast_to as broadcast_to,
    concatenate as concatenate,
    expand_dims as expand_dims,
    reshape as reshape,
    squeeze as squeeze,
    stack as stack,
    swapaxes as swapaxes,
    transpose as transpose,
)
from autograd.operations.special import (
    digamma as digamma,
    erf as erf,
    erfc as erfc,
    gammaln as gammaln,
    logit as logit,
    logsumexp as logsumexp,
    polygamma as polygamma,
    softplus as softplus,
    xlogy as xlogy,
)
from autograd.transforms.functional import (
    elementwise_grad as elementwise_grad,
    grad as grad,
    hessian as hessian,
    hvp as hvp,
    jvp as jvp,
    value_and_grad as value_and_grad,
    vjp as vjp,
)
from autograd.transforms.gradient_checkpointing import checkpoint as checkpoint
from autograd.transforms.gradients import gradients as gradients
from autograd.transforms.jacobian import jacobian as jacobian

__version__: str
