from optim import data as data
from optim.data.batching import Batch as Batch, Batching as Batching, MiniBatch as MiniBatch, Stochastic as Stochastic
from optim.optimizers.adadelta import Adadelta as Adadelta
from optim.optimizers.adagrad import Adagrad as Adagrad
from optim.optimizers.adam import Adam as Adam, AdamW as AdamW
from optim.optimizers.adamax import Adamax as Adamax
from optim.optimizers.base import Optimizer as Optimizer
from optim.optimizers.lamb import LAMB as LAMB
from optim.optimizers.lars import LARS as LARS
from optim.optimizers.lbfgs import LBFGS as LBFGS
from optim.optimizers.lion import Lion as Lion
from optim.optimizers.nadam import NAdam as NAdam
from optim.optimizers.perceptron_rule import PerceptronRule as PerceptronRule
from optim.optimizers.radam import RAdam as RAdam
from optim.optimizers.rmsprop import RMSprop as RMSprop
from optim.optimizers.rprop import Rprop as Rprop
from optim.optimizers.sgd import SGD as SGD
from optim.optimizers.weight_perturbation import WeightPerturbation as WeightPerturbation
from optim.regularizers.clipping import (
    adaptive_clip as adaptive_clip,
    clip_each_grad_norm as clip_each_grad_norm,
    clip_grad_norm as clip_grad_norm,
    clip_grad_value as clip_grad_value,
)
from optim.regularizers.constraints import Constraint as Constraint, MaxNorm as MaxNorm, NonNegative as NonNegative
from optim.regularizers.penalties import L1 as L1, L2 as L2, ElasticNet as ElasticNet
from optim.schedules.base import LRScheduler as LRScheduler
from optim.schedules.composite import ChainedScheduler as ChainedScheduler, SequentialLR as SequentialLR
from optim.schedules.cosine import (
    CosineAnnealingLR as CosineAnnealingLR,
    CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts,
    OneCycleLR as OneCycleLR,
)
from optim.schedules.decay import (
    ConstantLR as ConstantLR,
    ExponentialLR as ExponentialLR,
    InverseTimeLR as InverseTimeLR,
    LambdaLR as LambdaLR,
    LinearLR as LinearLR,
    MultiStepLR as MultiStepLR,
    PolynomialLR as PolynomialLR,
    StepLR as StepLR,
)
from optim.schedules.plateau import ReduceLROnPlateau as ReduceLROnPlateau
from optim.training.callbacks.base import Callback as Callback
from optim.training.callbacks.csv_logger import CSVLogger as CSVLogger
from optim.training.callbacks.early_stopping import EarlyStopping as EarlyStopping
from optim.training.callbacks.film_recorder import FilmRecorder as FilmRecorder
from optim.training.callbacks.layer_statistics import LayerStatistics as LayerStatistics
from optim.training.callbacks.step_logger import StepLogger as StepLogger
from optim.training.callbacks.tensorboard import TensorBoard as TensorBoard
from optim.training.callbacks.terminate_on_nan import TerminateOnNaN as TerminateOnNaN
from optim.training.checkpointing.checkpoint import Checkpoint as Checkpoint
from optim.training.checkpointing.file_format import CheckpointError as CheckpointError
from optim.training.evaluation import evaluate as evaluate, predict as predict
from optim.training.fit import fit as fit
from optim.training.history import History as History
from optim.training.lr_range_test import RangeTest as RangeTest, range_test as range_test
from optim.training.model import TrainingError as TrainingError
from optim.training.run import Run as Run
from optim.training.weight_averaging import EMA as EMA, SWA as SWA, update_statistics as update_statistics
