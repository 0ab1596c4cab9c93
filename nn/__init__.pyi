from nn import functional as functional, init as init, metrics as metrics
from nn.activations import (
    ACTIVATIONS as ACTIVATIONS,
    APL as APL,
    CELU as CELU,
    ELU as ELU,
    GELU as GELU,
    GLU as GLU,
    SELU as SELU,
    SQNL as SQNL,
    BentIdentity as BentIdentity,
    BinaryStep as BinaryStep,
    BReLU as BReLU,
    Hardshrink as Hardshrink,
    Hardsigmoid as Hardsigmoid,
    Hardswish as Hardswish,
    Hardtanh as Hardtanh,
    Identity as Identity,
    LeakyReLU as LeakyReLU,
    LogSigmoid as LogSigmoid,
    LogSoftmax as LogSoftmax,
    Mish as Mish,
    PReLU as PReLU,
    ReLU as ReLU,
    ReLU6 as ReLU6,
    RReLU as RReLU,
    Sigmoid as Sigmoid,
    SiLU as SiLU,
    SoftClipping as SoftClipping,
    SoftExponential as SoftExponential,
    Softmax as Softmax,
    Softmin as Softmin,
    Softplus as Softplus,
    Softshrink as Softshrink,
    Softsign as Softsign,
    Swish as Swish,
    Tanh as Tanh,
    Tanhshrink as Tanhshrink,
)
from nn.folding import fold_batch_norm as fold_batch_norm
from nn.interchange.model_classes import ModelFileError as ModelFileError, register as register
from nn.interchange.model_files import (
    load_model as load_model,
    load_model_metadata as load_model_metadata,
    save_model as save_model,
)
from nn.interchange.onnx_export.export import export_onnx as export_onnx
from nn.interchange.onnx_import.model import load_onnx as load_onnx
from nn.interchange.pytorch import from_pytorch as from_pytorch, to_pytorch as to_pytorch
from nn.interchange.serialization import (
    WeightsFileError as WeightsFileError,
    load as load,
    load_metadata as load_metadata,
    save as save,
)
from nn.layers.attention import MultiheadAttention as MultiheadAttention
from nn.layers.containers import (
    Flatten as Flatten,
    Lambda as Lambda,
    ModuleDict as ModuleDict,
    ModuleList as ModuleList,
    Residual as Residual,
    Sequential as Sequential,
    Unflatten as Unflatten,
)
from nn.layers.convolution import (
    Conv1d as Conv1d,
    Conv2d as Conv2d,
    Conv3d as Conv3d,
    ConvTranspose1d as ConvTranspose1d,
    ConvTranspose2d as ConvTranspose2d,
)
from nn.layers.dropout import Dropout as Dropout, Dropout1d as Dropout1d, Dropout2d as Dropout2d
from nn.layers.embedding import Embedding as Embedding
from nn.layers.linear import Bilinear as Bilinear, Linear as Linear
from nn.layers.normalization import (
    BatchNorm1d as BatchNorm1d,
    BatchNorm2d as BatchNorm2d,
    GroupNorm as GroupNorm,
    LayerNorm as LayerNorm,
    RMSNorm as RMSNorm,
)
from nn.layers.pooling import (
    AdaptiveAvgPool1d as AdaptiveAvgPool1d,
    AdaptiveAvgPool2d as AdaptiveAvgPool2d,
    AdaptiveMaxPool1d as AdaptiveMaxPool1d,
    AdaptiveMaxPool2d as AdaptiveMaxPool2d,
    AvgPool1d as AvgPool1d,
    AvgPool2d as AvgPool2d,
    GlobalAvgPool1d as GlobalAvgPool1d,
    GlobalAvgPool2d as GlobalAvgPool2d,
    GlobalMaxPool1d as GlobalMaxPool1d,
    GlobalMaxPool2d as GlobalMaxPool2d,
    MaxPool1d as MaxPool1d,
    MaxPool2d as MaxPool2d,
)
from nn.layers.positions import (
    LearnedPositions as LearnedPositions,
    RotaryPositions as RotaryPositions,
    SinusoidalPositions as SinusoidalPositions,
)
from nn.layers.recurrent import GRU as GRU, LSTM as LSTM, RNN as RNN
from nn.layers.recurrent_cells import GRUCell as GRUCell, LSTMCell as LSTMCell, RNNCell as RNNCell
from nn.layers.resampling import (
    PixelShuffle as PixelShuffle,
    PixelUnshuffle as PixelUnshuffle,
    Upsample as Upsample,
    ZeroPad1d as ZeroPad1d,
    ZeroPad2d as ZeroPad2d,
)
from nn.layers.tied import TiedLinear as TiedLinear
from nn.layers.transformer import (
    TransformerDecoder as TransformerDecoder,
    TransformerDecoderLayer as TransformerDecoderLayer,
    TransformerEncoder as TransformerEncoder,
    TransformerEncoderLayer as TransformerEncoderLayer,
)
from nn.layers.unfold import Fold as Fold, Unfold as Unfold
from nn.losses import (
    BCELoss as BCELoss,
    BCEWithLogitsLoss as BCEWithLogitsLoss,
    CosineEmbeddingLoss as CosineEmbeddingLoss,
    CrossEntropyLoss as CrossEntropyLoss,
    GaussianNLLLoss as GaussianNLLLoss,
    HingeLoss as HingeLoss,
    HuberLoss as HuberLoss,
    KLDivLoss as KLDivLoss,
    L1Loss as L1Loss,
    MSELoss as MSELoss,
    MultiMarginLoss as MultiMarginLoss,
    NLLLoss as NLLLoss,
    PoissonNLLLoss as PoissonNLLLoss,
    QuadraticLoss as QuadraticLoss,
    SmoothL1Loss as SmoothL1Loss,
    SumOfSquaresLoss as SumOfSquaresLoss,
    TripletMarginLoss as TripletMarginLoss,
)
from nn.model_summary import Summary as Summary, summary as summary
from nn.models.generation import generate as generate
from nn.models.gpt import GPT as GPT
from nn.models.lenet import LeNet as LeNet
from nn.models.mlp import MLP as MLP
from nn.models.perceptron import Perceptron as Perceptron
from nn.module.module import Module as Module
from nn.module.parameter import Buffer as Buffer, Parameter as Parameter
from nn.module.state_dict import StateError as StateError
from nn.network_picture import draw_network as draw_network
from nn.random import seed as seed
