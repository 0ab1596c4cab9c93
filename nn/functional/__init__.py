"""The functions behind the layers, activations and losses. The fused ones are declared with `autograd.operation`."""

from typing import TYPE_CHECKING

from autograd.extend import suggest
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
from nn.functional.attention import scaled_dot_product_attention
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
from nn.functional.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)
from nn.functional.positions import rotary_positions, sinusoidal_positions
from nn.functional.recurrent.gru import gru, gru_cell
from nn.functional.recurrent.lstm import lstm, lstm_cell
from nn.functional.recurrent.rnn import rnn, rnn_cell
from nn.functional.resampling import interpolate, pixel_shuffle, pixel_unshuffle, zero_pad1d, zero_pad2d
from nn.functional.unfold import fold, unfold

if not TYPE_CHECKING:  # type checkers would take it that every name exists

    def __getattr__(name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{suggest(name)}")


__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "apl",
    "avg_pool1d",
    "avg_pool2d",
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
    "gru",
    "gru_cell",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hinge_loss",
    "huber_loss",
    "identity",
    "interpolate",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "lstm",
    "lstm_cell",
    "max_pool1d",
    "max_pool2d",
    "mish",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "prelu",
    "quadratic_loss",
    "relu",
    "relu6",
    "rms_norm",
    "rnn",
    "rnn_cell",
    "rotary_positions",
    "rrelu",
    "scaled_dot_product_attention",
    "selu",
    "sigmoid",
    "silu",
    "sinusoidal_positions",
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
    "zero_pad1d",
    "zero_pad2d",
]
