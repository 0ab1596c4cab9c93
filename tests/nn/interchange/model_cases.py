"""A module of every class that nn exports, with inputs."""

from functools import partial

import numpy as np

import nn

rng = np.random.default_rng(0)
ROWS, PAIRS = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
SEQUENCES, IMAGES = rng.normal(size=(2, 4, 8)), rng.normal(size=(2, 4, 8, 8))
VOLUMES, WINDOWS = rng.normal(size=(1, 2, 4, 4, 4)), rng.normal(size=(1, 9, 36))
LABELS, SIGNS = np.array([0, 5, 2, 1]), np.array([1.0, -1.0, 1.0, -1.0])
FRACTIONS, BITS = rng.uniform(0.1, 0.9, (4, 6)), (PAIRS > 0).astype(float)
TOKENS = np.array([[1, 2, 3], [4, 0, 2]])


def tied():
    embedding = nn.Embedding(5, 3)
    return nn.Sequential(embedding, nn.TiedLinear(embedding, bias=True))


def encoder_layer():
    return nn.TransformerEncoderLayer(8, 2, 16, 0.2, partial(nn.GELU, "tanh"), norm_first=True)


#: The options and inputs of classes; the other activations and losses are made without options.
CASES = {
    "APL": (lambda: nn.APL(hinges=2, units=6), ROWS),
    "PReLU": (lambda: nn.PReLU(6, init=0.1), ROWS),
    "RReLU": (lambda: nn.RReLU(0.1, 0.3).eval(), ROWS),
    "LeakyReLU": (lambda: nn.LeakyReLU(0.2), ROWS),
    "Softplus": (lambda: nn.Softplus(beta=2.0), ROWS),
    "Hardtanh": (lambda: nn.Hardtanh(-0.5, 0.7), ROWS),
    "Softmax": (lambda: nn.Softmax(axis=0), ROWS),
    "GELU": (lambda: nn.GELU("tanh"), ROWS),
    "SoftExponential": (lambda: nn.SoftExponential(0.3), ROWS),
    "MultiheadAttention": (lambda: nn.MultiheadAttention(8, 2, kdim=8, vdim=8), SEQUENCES),
    "Flatten": (lambda: nn.Flatten(2), IMAGES),
    "Unflatten": (lambda: nn.Unflatten((2, 3)), ROWS),
    "LeNet": (lambda: nn.LeNet(8, in_channels=4, classes=3, channels=(2, 3), hidden=(5,), batch_norm=True), IMAGES),
    "Lambda": (lambda: nn.Lambda(np.sin, "sine"), ROWS),
    "ModuleList": (lambda: nn.ModuleList([nn.Linear(6, 2)]), None),
    "ModuleDict": (lambda: nn.ModuleDict({"a": nn.Linear(6, 2), "b": nn.ReLU()}), None),
    "Residual": (lambda: nn.Residual(nn.Linear(6, 2), shortcut=nn.Linear(6, 2, bias=False)), ROWS),
    "Sequential": (lambda: nn.Sequential(nn.Linear(6, 2), nn.Sequential(nn.Tanh(), nn.Linear(2, 1))), ROWS),
    "Conv1d": (lambda: nn.Conv1d(4, 6, 3, padding="same", groups=2, init="he_normal"), SEQUENCES),
    "Conv2d": (lambda: nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=1, padding_mode="reflect"), IMAGES),
    "Conv3d": (lambda: nn.Conv3d(2, 3, 2, bias=False), VOLUMES),
    "ConvTranspose1d": (lambda: nn.ConvTranspose1d(4, 6, 3, stride=2, output_padding=1, init=nn.init.xavier_normal), SEQUENCES),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(4, 2, 3, stride=2, groups=2), IMAGES),
    "Dropout": (lambda: nn.Dropout(0.3, inverted=False).eval(), ROWS),
    "Dropout1d": (lambda: nn.Dropout1d(0.3).eval(), SEQUENCES),
    "Dropout2d": (lambda: nn.Dropout2d(0.3).eval(), IMAGES),
    "Embedding": (lambda: nn.Embedding(5, 3, padding_idx=0), TOKENS),
    "Linear": (lambda: nn.Linear(6, 3, init=partial(nn.init.normal, std=0.1)), ROWS),
    "Bilinear": (lambda: nn.Bilinear(6, 6, 2), ROWS, PAIRS),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(6, momentum=0.5), ROWS),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(4, affine=False).eval(), IMAGES),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), IMAGES),
    "LayerNorm": (lambda: nn.LayerNorm((4, 8), bias=False), SEQUENCES),
    "RMSNorm": (lambda: nn.RMSNorm(8), SEQUENCES),
    "AdaptiveAvgPool1d": (lambda: nn.AdaptiveAvgPool1d(3), SEQUENCES),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d((3, None)), IMAGES),
    "AdaptiveMaxPool1d": (lambda: nn.AdaptiveMaxPool1d(3), SEQUENCES),
    "AdaptiveMaxPool2d": (lambda: nn.AdaptiveMaxPool2d(3), IMAGES),
    "AvgPool1d": (lambda: nn.AvgPool1d(3, 2, ceil_mode=True), SEQUENCES),
    "AvgPool2d": (lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False), IMAGES),
    "GlobalAvgPool1d": (nn.GlobalAvgPool1d, SEQUENCES),
    "GlobalAvgPool2d": (nn.GlobalAvgPool2d, IMAGES),
    "GlobalMaxPool1d": (nn.GlobalMaxPool1d, SEQUENCES),
    "GlobalMaxPool2d": (nn.GlobalMaxPool2d, IMAGES),
    "MaxPool1d": (lambda: nn.MaxPool1d(2), SEQUENCES),
    "MaxPool2d": (lambda: nn.MaxPool2d((2, 3), dilation=2), IMAGES),
    "LearnedPositions": (lambda: nn.LearnedPositions(4, 8), SEQUENCES),
    "RotaryPositions": (lambda: nn.RotaryPositions(base=100.0), SEQUENCES),
    "SinusoidalPositions": (lambda: nn.SinusoidalPositions(8), SEQUENCES),
    "GRU": (lambda: nn.GRU(8, 3, num_layers=2, bidirectional=True, batch_first=True), SEQUENCES),
    "LSTM": (lambda: nn.LSTM(8, 3, forget_bias=1.0, init="orthogonal", batch_first=True), SEQUENCES),
    "RNN": (lambda: nn.RNN(8, 3, nonlinearity="relu"), SEQUENCES),
    "GRUCell": (lambda: nn.GRUCell(6, 3), ROWS),
    "LSTMCell": (lambda: nn.LSTMCell(6, 3, bias=False), ROWS),
    "RNNCell": (lambda: nn.RNNCell(6, 3), ROWS),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), IMAGES),
    "PixelUnshuffle": (lambda: nn.PixelUnshuffle(2), IMAGES),
    "Upsample": (lambda: nn.Upsample(scale_factor=2, mode="bilinear"), IMAGES),
    "ZeroPad1d": (lambda: nn.ZeroPad1d((2, 0)), SEQUENCES),
    "ZeroPad2d": (lambda: nn.ZeroPad2d((1, 0, 2, 1)), IMAGES),
    "TiedLinear": (tied, TOKENS),
    "TransformerEncoderLayer": (lambda: encoder_layer().eval(), SEQUENCES),
    "TransformerEncoder": (lambda: nn.TransformerEncoder(encoder_layer(), 2, nn.LayerNorm(8)).eval(), SEQUENCES),
    "TransformerDecoderLayer": (lambda: nn.TransformerDecoderLayer(8, 2, 16, 0.0), SEQUENCES, SEQUENCES),
    "TransformerDecoder": (
        lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16, 0.0), 2),
        SEQUENCES,
        SEQUENCES,
    ),
    "Fold": (lambda: nn.Fold((8, 8), 3), WINDOWS),
    "Unfold": (lambda: nn.Unfold(3, padding=1), IMAGES),
    "BCELoss": (lambda: nn.BCELoss(weight=np.arange(6.0)), FRACTIONS, BITS),
    "BCEWithLogitsLoss": (lambda: nn.BCEWithLogitsLoss(pos_weight=[2.0] * 6), ROWS, BITS),
    "CosineEmbeddingLoss": (lambda: nn.CosineEmbeddingLoss(0.1), ROWS, PAIRS, SIGNS),
    "CrossEntropyLoss": (lambda: nn.CrossEntropyLoss(np.arange(1.0, 7.0), label_smoothing=0.1), ROWS, LABELS),
    "GaussianNLLLoss": (lambda: nn.GaussianNLLLoss(full=True), ROWS, PAIRS, FRACTIONS),
    "HingeLoss": (nn.HingeLoss, ROWS[:, 0], SIGNS),
    "KLDivLoss": (lambda: nn.KLDivLoss("batchmean"), ROWS, FRACTIONS),
    "MultiMarginLoss": (lambda: nn.MultiMarginLoss(p=2), ROWS, LABELS),
    "NLLLoss": (nn.NLLLoss, ROWS, LABELS),
    "PoissonNLLLoss": (lambda: nn.PoissonNLLLoss(full=True), ROWS, BITS),
    "TripletMarginLoss": (nn.TripletMarginLoss, ROWS, PAIRS, FRACTIONS),
    "GPT": (lambda: nn.GPT(7, 8, 2, 2, 6).eval(), TOKENS),
    "MLP": (lambda: nn.MLP([6, 5, 4, 2], "selu", batch_norm=True, dropout=0.2).eval(), ROWS),
    "Perceptron": (lambda: nn.Perceptron(6, 2, init="normal"), ROWS),
}
CLASSES = {
    name: getattr(nn, name)
    for name in nn.__all__
    if isinstance(getattr(nn, name), type) and issubclass(getattr(nn, name), nn.Module) and getattr(nn, name) is not nn.Module
}


def case(name):
    """A module of the class and its inputs, or None for a module that cannot be called."""
    if name in CASES:
        make, *inputs = CASES[name]
        return make(), None if inputs[0] is None else inputs
    if name.endswith("Loss"):
        return CLASSES[name](reduction="sum"), [ROWS, PAIRS]
    return CLASSES[name](), [ROWS]


def outputs(result):
    """The arrays of a result, which may be a tuple."""
    if isinstance(result, tuple | list):
        return [array for element in result for array in outputs(element)]
    return [] if result is None else [result.numpy() if hasattr(result, "numpy") else result]
