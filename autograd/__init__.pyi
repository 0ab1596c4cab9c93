from autograd import draw as draw, extend as extend
from autograd.compiler.compiled_step import compile as compile
from autograd.core.coercion import default_dtype as default_dtype
from autograd.core.dlpack import from_dlpack as from_dlpack
from autograd.core.function import Function as Function
from autograd.core.grad_mode import enable_grad as enable_grad, is_grad_enabled as is_grad_enabled, no_grad as no_grad
from autograd.core.operation import elementwise as elementwise, operation as operation
from autograd.core.primitive import primitive as primitive
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
from autograd.interchange.graph_files import load_graph as load_graph, save_graph as save_graph
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
    holomorphic_grad as holomorphic_grad,
    hvp as hvp,
    jvp as jvp,
    value_and_grad as value_and_grad,
    vjp as vjp,
)
from autograd.transforms.gradient_checkpointing import checkpoint as checkpoint
from autograd.transforms.gradients import gradients as gradients
from autograd.transforms.jacobian import jacobian as jacobian
from autograd.transforms.products import (
    deriv as deriv,
    grad_and_aux as grad_and_aux,
    grad_named as grad_named,
    hessian_tensor_product as hessian_tensor_product,
    hessian_vector_product as hessian_vector_product,
    make_ggnvp as make_ggnvp,
    make_hvp as make_hvp,
    make_jvp as make_jvp,
    make_jvp_reversemode as make_jvp_reversemode,
    make_vjp as make_vjp,
    multigrad_dict as multigrad_dict,
    tensor_jacobian_product as tensor_jacobian_product,
    vector_jacobian_product as vector_jacobian_product,
)
from autograd.utils.memory_reuse import reuse_memory as reuse_memory

__version__: str
