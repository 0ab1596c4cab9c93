"""The functions behind the layers, activations and losses. The fused ones are declared with `autograd.operation`."""

from nn.functional.activations.rectifiers import apl, brelu, leaky_relu, prelu, relu, rrelu
from nn.functional.activations.smooth_rectifiers import celu, elu, gelu, hardswish, mish, selu, silu, softplus, swish
from nn.functional.activations.softmax import log_softmax, logsigmoid, softmax, softmin
from nn.functional.activations.squashing import (
    binary_step,
    hardsigmoid,
    hardtanh,
    relu6,
    sigmoid,
    soft_clipping,
    softsign,
    sqnl,
    tanh,
)
from nn.functional.activations.unbounded import (
    bent_identity,
    glu,
    hardshrink,
    identity,
    soft_exponential,
    softshrink,
    tanhshrink,
)
from nn.functional.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d
from nn.functional.dropout import dropout
from nn.functional.embedding import embedding
from nn.functional.linear import bilinear, linear
from nn.functional.losses.binary import binary_cross_entropy, binary_cross_entropy_with_logits, hinge_loss
from nn.functional.losses.classification import cross_entropy, multi_margin_loss, nll_loss
from nn.functional.losses.distance import cosine_embedding_loss, triplet_margin_loss
from nn.functional.losses.distribution import gaussian_nll_loss, kl_div, poisson_nll_loss
from nn.functional.losses.regression import huber_loss, l1_loss, mse_loss, quadratic_loss, smooth_l1_loss, sum_of_squares_loss
from nn.functional.normalization import batch_norm, group_norm, layer_norm, rms_norm
from nn.functional.unfold import fold, unfold

__all__ = [
    "apl",
    "batch_norm",
    "bent_identity",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "binary_step",
    "brelu",
    "celu",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "cosine_embedding_loss",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "fold",
    "gaussian_nll_loss",
    "gelu",
    "glu",
    "group_norm",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hinge_loss",
    "huber_loss",
    "identity",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mish",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "prelu",
    "quadratic_loss",
    "relu",
    "relu6",
    "rms_norm",
    "rrelu",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "soft_clipping",
    "soft_exponential",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "sqnl",
    "sum_of_squares_loss",
    "swish",
    "tanh",
    "tanhshrink",
    "triplet_margin_loss",
    "unfold",
]
