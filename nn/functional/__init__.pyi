"""The functions behind the layers, activations and losses."""

from nn.functional.activations.rectifiers import (
    apl as apl,
    brelu as brelu,
    leaky_relu as leaky_relu,
    prelu as prelu,
    relu as relu,
    rrelu as rrelu,
)
from nn.functional.activations.smooth_rectifiers import (
    celu as celu,
    elu as elu,
    gelu as gelu,
    hardswish as hardswish,
    mish as mish,
    selu as selu,
    silu as silu,
    softplus as softplus,
    swish as swish,
)
from nn.functional.activations.softmax import (
    log_softmax as log_softmax,
    logsigmoid as logsigmoid,
    softmax as softmax,
    softmin as softmin,
)
from nn.functional.activations.squashing import (
    binary_step as binary_step,
    hardsigmoid as hardsigmoid,
    hardtanh as hardtanh,
    relu6 as relu6,
    sigmoid as sigmoid,
    soft_clipping as soft_clipping,
    softsign as softsign,
    sqnl as sqnl,
    tanh as tanh,
)
from nn.functional.activations.unbounded import (
    bent_identity as bent_identity,
    glu as glu,
    hardshrink as hardshrink,
    identity as identity,
    soft_exponential as soft_exponential,
    softshrink as softshrink,
    tanhshrink as tanhshrink,
)
from nn.functional.attention import scaled_dot_product_attention as scaled_dot_product_attention
from nn.functional.convolution import (
    conv1d as conv1d,
    conv2d as conv2d,
    conv3d as conv3d,
    conv_transpose1d as conv_transpose1d,
    conv_transpose2d as conv_transpose2d,
)
from nn.functional.dropout import dropout as dropout
from nn.functional.embedding import embedding as embedding
from nn.functional.linear import bilinear as bilinear, linear as linear
from nn.functional.losses.binary import (
    binary_cross_entropy as binary_cross_entropy,
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
    hinge_loss as hinge_loss,
)
from nn.functional.losses.classification import (
    cross_entropy as cross_entropy,
    multi_margin_loss as multi_margin_loss,
    nll_loss as nll_loss,
)
from nn.functional.losses.distance import (
    cosine_embedding_loss as cosine_embedding_loss,
    triplet_margin_loss as triplet_margin_loss,
)
from nn.functional.losses.distribution import (
    gaussian_nll_loss as gaussian_nll_loss,
    kl_div as kl_div,
    poisson_nll_loss as poisson_nll_loss,
)
from nn.functional.losses.regression import (
    huber_loss as huber_loss,
    l1_loss as l1_loss,
    mse_loss as mse_loss,
    quadratic_loss as quadratic_loss,
    smooth_l1_loss as smooth_l1_loss,
    sum_of_squares_loss as sum_of_squares_loss,
)
from nn.functional.normalization import (
    batch_norm as batch_norm,
    group_norm as group_norm,
    layer_norm as layer_norm,
    rms_norm as rms_norm,
)
from nn.functional.pooling import (
    adaptive_avg_pool1d as adaptive_avg_pool1d,
    adaptive_avg_pool2d as adaptive_avg_pool2d,
    adaptive_max_pool1d as adaptive_max_pool1d,
    adaptive_max_pool2d as adaptive_max_pool2d,
    avg_pool1d as avg_pool1d,
    avg_pool2d as avg_pool2d,
    max_pool1d as max_pool1d,
    max_pool2d as max_pool2d,
)
from nn.functional.positions import rotary_positions as rotary_positions, sinusoidal_positions as sinusoidal_positions
from nn.functional.recurrent.gru import gru as gru, gru_cell as gru_cell
from nn.functional.recurrent.lstm import lstm as lstm, lstm_cell as lstm_cell
from nn.functional.recurrent.rnn import rnn as rnn, rnn_cell as rnn_cell
from nn.functional.resampling import (
    interpolate as interpolate,
    pixel_shuffle as pixel_shuffle,
    pixel_unshuffle as pixel_unshuffle,
    zero_pad1d as zero_pad1d,
    zero_pad2d as zero_pad2d,
)
from nn.functional.unfold import fold as fold, unfold as unfold
