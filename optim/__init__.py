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
    from optim.adam import Adam, AdamW
    from optim.adam_variants import Adamax, NAdam, RAdam
    from optim.adaptive import Adadelta, Adagrad, RMSprop
    from optim.annealing import CosineAnnealingLR, CosineAnnealingWarmRestarts, OneCycleLR
    from optim.averages import EMA, SWA, update_statistics
    from optim.batching import Batch, Batching, MiniBatch, Stochastic
    from optim.callbacks import Callback, CSVLogger, TerminateOnNaN
    from optim.checkpoint import Checkpoint
    from optim.clipping import clip_by_norm, clip_by_ratio, clip_by_value, clip_each_by_norm
    from optim.combinations import ChainedScheduler, SequentialLR
    from optim.constraints import Constraint, MaxNorm, NonNegative
    from optim.early_stopping import EarlyStopping
    from optim.evaluation import accuracy, evaluate, predict
    from optim.history import History
    from optim.layerwise import LAMB, LARS
    from optim.lbfgs import LBFGS
    from optim.lion import Lion
    from optim.lr_range import RangeTest, range_test
    from optim.model import TrainingError
    from optim.optimiser import Optimiser
    from optim.penalties import L1, L2, ElasticNet
    from optim.perceptron import PerceptronRule
    from optim.perturbation import WeightPerturbation
    from optim.plateau import ReduceLROnPlateau
    from optim.recorder import LayerRecorder
    from optim.rprop import Rprop
    from optim.run import Run
    from optim.scheduler import LRScheduler
    from optim.schedules import ConstantLR, ExponentialLR, InverseTimeLR, LambdaLR, LinearLR, MultiStepLR, PolynomialLR, StepLR
    from optim.sgd import SGD
    from optim.state_file import CheckpointError
    from optim.training import fit

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
    "Optimiser",
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
    "adam": "Adam AdamW",
    "adam_variants": "Adamax NAdam RAdam",
    "adaptive": "Adadelta Adagrad RMSprop",
    "annealing": "CosineAnnealingLR CosineAnnealingWarmRestarts OneCycleLR",
    "averages": "EMA SWA update_statistics",
    "batching": "Batch Batching MiniBatch Stochastic",
    "callbacks": "Callback CSVLogger TerminateOnNaN",
    "checkpoint": "Checkpoint",
    "clipping": "clip_by_norm clip_by_ratio clip_by_value clip_each_by_norm",
    "combinations": "ChainedScheduler SequentialLR",
    "constraints": "Constraint MaxNorm NonNegative",
    "early_stopping": "EarlyStopping",
    "evaluation": "accuracy evaluate predict",
    "history": "History",
    "layerwise": "LAMB LARS",
    "lbfgs": "LBFGS",
    "lion": "Lion",
    "lr_range": "RangeTest range_test",
    "model": "TrainingError",
    "optimiser": "Optimiser",
    "penalties": "L1 L2 ElasticNet",
    "perceptron": "PerceptronRule",
    "perturbation": "WeightPerturbation",
    "plateau": "ReduceLROnPlateau",
    "recorder": "LayerRecorder",
    "rprop": "Rprop",
    "run": "Run",
    "scheduler": "LRScheduler",
    "schedules": "ConstantLR ExponentialLR InverseTimeLR LambdaLR LinearLR MultiStepLR PolynomialLR StepLR",
    "sgd": "SGD",
    "state_file": "CheckpointError",
    "training": "fit",
}
__getattr__ = lazy.importer(__name__, _LATER)


def __dir__() -> list[str]:
    return __all__
