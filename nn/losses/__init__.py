"""Losses as modules: called with the prediction and the target, they return the value to minimize."""

from nn.losses.binary import BCELoss, BCEWithLogitsLoss, HingeLoss
from nn.losses.classification import CrossEntropyLoss, MultiMarginLoss, NLLLoss
from nn.losses.distance import CosineEmbeddingLoss, TripletMarginLoss
from nn.losses.distribution import GaussianNLLLoss, KLDivLoss, PoissonNLLLoss
from nn.losses.regression import (
    HuberLoss,
    L1Loss,
    MSELoss,
    QuadraticLoss,
    SmoothL1Loss,
    SumOfSquaresLoss,
)

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "MultiMarginLoss",
    "NLLLoss",
    "PoissonNLLLoss",
    "QuadraticLoss",
    "SmoothL1Loss",
    "SumOfSquaresLoss",
    "TripletMarginLoss",
]
