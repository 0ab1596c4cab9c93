"""Neural networks on autograd: modules, layers, activations, losses and initializers.

>>> import nn
>>> nn.MLP([2, 8, 1], activation="tanh")
MLP(
  (0): Linear(2, 8)
  (1): Tanh()
  (2): Linear(8, 1)
)
"""

from typing import TYPE_CHECKING

from autograd.utils import lazy
from nn import functional, init
from nn.activations import (
    ACTIVATIONS,
    APL,
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    SQNL,
    BentIdentity,
    BinaryStep,
    BReLU,
    Hardshrink,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    Identity,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    RReLU,
    Sigmoid,
    SiLU,
    SoftClipping,
    SoftExponential,
    Softmax,
    Softmin,
    Softplus,
    Softshrink,
    Softsign,
    Swish,
    Tanh,
    Tanhshrink,
)
from nn.layers.containers import Flatten, Lambda, ModuleDict, ModuleList, Residual, Sequential
from nn.layers.dropout import Dropout, Dropout1d, Dropout2d
from nn.layers.embedding import Embedding
from nn.layers.linear import Bilinear, Linear
from nn.layers.normalization import BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm
from nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CosineEmbeddingLoss,
    CrossEntropyLoss,
    GaussianNLLLoss,
    HingeLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    MultiMarginLoss,
    NLLLoss,
    PoissonNLLLoss,
    QuadraticLoss,
    SmoothL1Loss,
    SumOfSquaresLoss,
    TripletMarginLoss,
)
from nn.models.mlp import MLP
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter
from nn.module.state_dict import StateError
from nn.random import seed
from nn.summary import Summary, summary

if TYPE_CHECKING:
    from nn import metrics
    from nn.folding import fold_batch_norm
    from nn.interchange.pytorch import from_pytorch, to_pytorch
    from nn.interchange.serialization import WeightsFileError, load, load_metadata, save
    from nn.models.perceptron import Perceptron

__all__ = [
    "ACTIVATIONS",
    "APL",
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "MLP",
    "SELU",
    "SQNL",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BReLU",
    "BatchNorm1d",
    "BatchNorm2d",
    "BentIdentity",
    "Bilinear",
    "BinaryStep",
    "Buffer",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Embedding",
    "Flatten",
    "GaussianNLLLoss",
    "GroupNorm",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeLoss",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "Lambda",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiMarginLoss",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "Perceptron",
    "PoissonNLLLoss",
    "QuadraticLoss",
    "RMSNorm",
    "RReLU",
    "ReLU",
    "ReLU6",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "SoftClipping",
    "SoftExponential",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "StateError",
    "SumOfSquaresLoss",
    "Summary",
    "Swish",
    "Tanh",
    "Tanhshrink",
    "TripletMarginLoss",
    "WeightsFileError",
    "fold_batch_norm",
    "from_pytorch",
    "functional",
    "init",
    "load",
    "load_metadata",
    "metrics",
    "save",
    "seed",
    "summary",
    "to_pytorch",
]

#: What is imported when it is first asked for: the module → its names.
_LATER = {
    "folding": "fold_batch_norm",
    "metrics": "metrics",
    "models.perceptron": "Perceptron",
    "interchange.pytorch": "from_pytorch to_pytorch",
    "interchange.serialization": "WeightsFileError load load_metadata save",
}
__getattr__ = lazy.importer(__name__, _LATER)


def __dir__() -> list[str]:
    return __all__
