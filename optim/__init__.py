"""Training: gradient descent, batchings, penalties, clipping, data and the loop.

>>> import nn
>>> from optim import MiniBatch, SGD, fit
>>> from optim.data import xor
>>> inputs, labels = xor(n=200, rng=0)
>>> model = nn.MLP([2, 8, 2], rng=0)
>>> history = fit(model, nn.CrossEntropyLoss(), (inputs, labels), epochs=10, batching=MiniBatch(20), rng=0)
>>> history["loss"][-1] < 0.1
True
"""

from typing import TYPE_CHECKING

from autograd.utils import lazy

if TYPE_CHECKING:
    from optim import data
    from optim.data.batching import Batch, Batching, MiniBatch, Stochastic
    from optim.optimizers.adagrad import Adadelta, Adagrad, RMSprop
    from optim.optimizers.adam import Adam, AdamW
    from optim.optimizers.base import Optimizer
    from optim.optimizers.lars import LAMB, LARS
    from optim.optimizers.lbfgs import LBFGS
    from optim.optimizers.lion import Lion
    from optim.optimizers.nadam import Adamax, NAdam, RAdam
    from optim.optimizers.perceptron_rule import PerceptronRule
    from optim.optimizers.rprop import Rprop
    from optim.optimizers.sgd import SGD
    from optim.optimizers.weight_perturbation import WeightPerturbation
    from optim.regularizers.clipping import clip_by_norm, clip_by_ratio, clip_by_value, clip_each_by_norm
    from optim.regularizers.constraints import Constraint, MaxNorm, NonNegative
    from optim.regularizers.penalties import L1, L2, ElasticNet
    from optim.schedules.base import LRScheduler
    from optim.schedules.composite import ChainedScheduler, SequentialLR
    from optim.schedules.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts, OneCycleLR
    from optim.schedules.decay import (
        ConstantLR,
        ExponentialLR,
        InverseTimeLR,
        LambdaLR,
        LinearLR,
        MultiStepLR,
        PolynomialLR,
        StepLR,
    )
    from optim.schedules.plateau import ReduceLROnPlateau
    from optim.training.callbacks.base import Callback, CSVLogger, TerminateOnNaN
    from optim.training.callbacks.early_stopping import EarlyStopping
    from optim.training.callbacks.layer_statistics import LayerRecorder
    from optim.training.checkpointing.checkpoint import Checkpoint
    from optim.training.checkpointing.file_format import CheckpointError
    from optim.training.evaluation import accuracy, evaluate, predict
    from optim.training.fit import fit
    from optim.training.history import History
    from optim.training.lr_range_test import RangeTest, range_test
    from optim.training.model import TrainingError
    from optim.training.run import Run
    from optim.training.weight_averaging import EMA, SWA, update_statistics

__all__ = [
    "EMA",
    "L1",
    "L2",
    "LAMB",
    "LARS",
    "LBFGS",
    "SGD",
    "SWA",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Batch",
    "Batching",
    "CSVLogger",
    "Callback",
    "ChainedScheduler",
    "Checkpoint",
    "CheckpointError",
    "ConstantLR",
    "Constraint",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "EarlyStopping",
    "ElasticNet",
    "ExponentialLR",
    "History",
    "InverseTimeLR",
    "LRScheduler",
    "LambdaLR",
    "LayerRecorder",
    "LinearLR",
    "Lion",
    "MaxNorm",
    "MiniBatch",
    "MultiStepLR",
    "NAdam",
    "NonNegative",
    "OneCycleLR",
    "Optimizer",
    "PerceptronRule",
    "PolynomialLR",
    "RAdam",
    "RMSprop",
    "RangeTest",
    "ReduceLROnPlateau",
    "Rprop",
    "Run",
    "SequentialLR",
    "StepLR",
    "Stochastic",
    "TerminateOnNaN",
    "TrainingError",
    "WeightPerturbation",
    "accuracy",
    "clip_by_norm",
    "clip_by_ratio",
    "clip_by_value",
    "clip_each_by_norm",
    "data",
    "evaluate",
    "fit",
    "predict",
    "range_test",
    "update_statistics",
]

#: What is imported when it is first asked for: the module → its names.
_LATER = {
    "data": "data",
    "optimizers.adam": "Adam AdamW",
    "optimizers.nadam": "Adamax NAdam RAdam",
    "optimizers.adagrad": "Adadelta Adagrad RMSprop",
    "schedules.cosine": "CosineAnnealingLR CosineAnnealingWarmRestarts OneCycleLR",
    "training.weight_averaging": "EMA SWA update_statistics",
    "data.batching": "Batch Batching MiniBatch Stochastic",
    "training.callbacks.base": "Callback CSVLogger TerminateOnNaN",
    "training.checkpointing.checkpoint": "Checkpoint",
    "regularizers.clipping": "clip_by_norm clip_by_ratio clip_by_value clip_each_by_norm",
    "schedules.composite": "ChainedScheduler SequentialLR",
    "regularizers.constraints": "Constraint MaxNorm NonNegative",
    "training.callbacks.early_stopping": "EarlyStopping",
    "training.evaluation": "accuracy evaluate predict",
    "training.history": "History",
    "optimizers.lars": "LAMB LARS",
    "optimizers.lbfgs": "LBFGS",
    "optimizers.lion": "Lion",
    "training.lr_range_test": "RangeTest range_test",
    "training.model": "TrainingError",
    "optimizers.base": "Optimizer",
    "regularizers.penalties": "L1 L2 ElasticNet",
    "optimizers.perceptron_rule": "PerceptronRule",
    "optimizers.weight_perturbation": "WeightPerturbation",
    "schedules.plateau": "ReduceLROnPlateau",
    "training.callbacks.layer_statistics": "LayerRecorder",
    "optimizers.rprop": "Rprop",
    "training.run": "Run",
    "schedules.base": "LRScheduler",
    "schedules.decay": "ConstantLR ExponentialLR InverseTimeLR LambdaLR LinearLR MultiStepLR PolynomialLR StepLR",
    "optimizers.sgd": "SGD",
    "training.checkpointing.file_format": "CheckpointError",
    "training.fit": "fit",
}
__getattr__ = lazy.importer(__name__, _LATER)


def __dir__() -> list[str]:
    return __all__
