"""Any nn model as an estimator of scikit-learn: Classifier and Regressor."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import nn
from optim.integrations.estimator import call_factory
from optim.integrations.supervised import BaseClassifier, BaseRegressor


def one_hidden_layer(inputs: int, outputs: int, rng: "np.random.Generator | None" = None) -> nn.Module:
    """The default model of Classifier and Regressor: an MLP with one hidden layer of 100 ReLUs.

    >>> from optim.integrations.module_estimators import one_hidden_layer
    >>> one_hidden_layer(2, 1)
    MLP(
      (0): Linear(2, 100)
      (1): ReLU()
      (2): Linear(100, 1)
    )
    """
    return nn.MLP([inputs, 100, outputs], rng=rng)


class Classifier(BaseClassifier):
    """Any nn model as a classifier of scikit-learn.

    Parameters
    ----------
    module_factory : callable, default=one hidden layer of 100 units
        A function (inputs, outputs) → nn.Module, whose outputs are (n, outputs); it also gets rng=…, a generator, if it has a
        parameter of this name. A function of a module, not a lambda, can be pickled.
    solver : str or callable, default="adam"
        "adam", "sgd" with `momentum`, "lbfgs" with all examples in each step, the lowercase name of another optimizer, or one
        such as optim.RMSprop, called with the parameters, lr=learning_rate_init and penalty=….
    loss : loss or str, default=None
        A loss such as nn.HingeLoss(), or None for the cross-entropy, with one output for two classes.
    alpha : float, default=0.0001
        The strength of the L2 penalty of the weights, α/2n ‖W‖² for batches of n examples, as in scikit-learn.
    batch_size : int or "auto", default="auto"
        The examples of a step; "auto" for min(200, n).
    learning_rate_init : float, default=0.001
        The learning rate, at the start if there is a schedule.
    schedule : callable, default=None
        A function of the optimizer that returns its schedule, such as lambda o: optim.CosineAnnealingLR(o, 200).
    max_iter : int, default=200
        The largest number of epochs; of steps with L-BFGS.
    shuffle : bool, default=True
        Whether the examples are shuffled in each epoch.
    random_state : int, RandomState or None, default=None
        The seed of the weights, of the order of the examples and of the validation split.
    tol : float, default=1e-4
        The smallest change of the loss, or of the score with early_stopping, that counts as an improvement.
    verbose : bool or int, default=False
        Whether a progress bar is shown.
    warm_start : bool, default=False
        Whether fit continues with the weights so far.
    momentum : float, default=0.9
        The momentum of "sgd".
    nesterovs_momentum : bool, default=True
        Whether the momentum of "sgd" is Nesterov's.
    early_stopping : bool, default=False
        Whether to hold out validation_fraction of the examples, monitor the accuracy on them instead of the loss, and restore
        the best weights.
    validation_fraction : float, default=0.1
        The fraction of the examples that early_stopping holds out.
    n_iter_no_change : int, default=10
        The training ends when n_iter_no_change epochs bring no improvement by tol.
    callbacks : list of Callback, default=None
        Callbacks of `optim.fit`, such as OptunaPruning.
    class_weight : dict, "balanced" or None, default=None
        The weight of each class; "balanced" weighs all classes alike.

    Attributes
    ----------
    classes_ : ndarray
        The labels.
    n_outputs_ : int
        The number of outputs of the model.
    validation_scores_ : list or None
        The accuracies of the validation examples with early_stopping.
    model_ : nn.Module
        The trained model.
    loss_ : float
        The loss of the last epoch, without the penalty; with L-BFGS with it.
    loss_curve_ : list
        The loss of each epoch.
    n_iter_ : int
        The number of epochs.
    history_ : optim.History
        All columns of the training.

    Notes
    -----
    skorch's NeuralNetClassifier takes a class of PyTorch's modules. Raises ValueError and TypeError for wrong arguments.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> from optim.integrations import Classifier
    >>> def normalized(inputs, outputs, rng):
    ...     return nn.Sequential(nn.MLP([inputs, 8, 8], "tanh", rng=rng), nn.LayerNorm(8), nn.Linear(8, outputs, rng=rng))
    >>> x, y = np.eye(8), ["low"] * 4 + ["high"] * 4
    >>> Classifier(normalized, solver="lbfgs", random_state=0).fit(x, y).score(x, y)
    1.0
    """

    def __init__(
        self,
        module_factory: Callable[..., nn.Module] = one_hidden_layer,
        *,
        solver: Any = "adam",
        loss: Any = None,
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float = 0.001,
        schedule: Callable[[Any], Any] | None = None,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: float = 10,
        callbacks: Sequence[Any] | None = None,
        class_weight: Any = None,
    ) -> None:
        self.module_factory = module_factory
        self.solver = solver
        self.loss = loss
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.schedule = schedule
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.callbacks = callbacks
        self.class_weight = class_weight

    def _make_model(self, inputs: int, outputs: int, rng: np.random.Generator) -> nn.Module:
        return call_factory(self.module_factory, inputs, outputs, rng)


class Regressor(BaseRegressor):
    """Any nn model as a regressor of scikit-learn.

    Parameters
    ----------
    module_factory : callable, default=one hidden layer of 100 units
        A function (inputs, outputs) → nn.Module, whose outputs are (n, outputs); it also gets rng=…, a generator, if it has a
        parameter of this name. A function of a module, not a lambda, can be pickled.
    solver : str or callable, default="adam"
        "adam", "sgd" with `momentum`, "lbfgs" with all examples in each step, the lowercase name of another optimizer, or one
        such as optim.RMSprop, called with the parameters, lr=learning_rate_init and penalty=….
    loss : loss or str, default=None
        "squared_error", "absolute_error", "huber", "poisson", or a loss such as nn.HuberLoss(0.5); None: the first.
    alpha : float, default=0.0001
        The strength of the L2 penalty of the weights, α/2n ‖W‖² for batches of n examples, as in scikit-learn.
    batch_size : int or "auto", default="auto"
        The examples of a step; "auto" for min(200, n).
    learning_rate_init : float, default=0.001
        The learning rate, at the start if there is a schedule.
    schedule : callable, default=None
        A function of the optimizer that returns its schedule, such as lambda o: optim.CosineAnnealingLR(o, 200).
    max_iter : int, default=200
        The largest number of epochs; of steps with L-BFGS.
    shuffle : bool, default=True
        Whether the examples are shuffled in each epoch.
    random_state : int, RandomState or None, default=None
        The seed of the weights, of the order of the examples and of the validation split.
    tol : float, default=1e-4
        The smallest change of the loss, or of the score with early_stopping, that counts as an improvement.
    verbose : bool or int, default=False
        Whether a progress bar is shown.
    warm_start : bool, default=False
        Whether fit continues with the weights so far.
    momentum : float, default=0.9
        The momentum of "sgd".
    nesterovs_momentum : bool, default=True
        Whether the momentum of "sgd" is Nesterov's.
    early_stopping : bool, default=False
        Whether to hold out validation_fraction of the examples, monitor R² on them instead of the loss, and restore the best
        weights.
    validation_fraction : float, default=0.1
        The fraction of the examples that early_stopping holds out.
    n_iter_no_change : int, default=10
        The training ends when n_iter_no_change epochs bring no improvement by tol.
    callbacks : list of Callback, default=None
        Callbacks of `optim.fit`, such as OptunaPruning.

    Attributes
    ----------
    n_outputs_ : int
        The number of outputs.
    validation_scores_ : list or None
        R² of the validation examples with early_stopping.
    model_ : nn.Module
        The trained model.
    loss_ : float
        The loss of the last epoch, without the penalty; with L-BFGS with it.
    loss_curve_ : list
        The loss of each epoch.
    n_iter_ : int
        The number of epochs.
    history_ : optim.History
        All columns of the training.

    Notes
    -----
    skorch's NeuralNetRegressor takes a class of PyTorch's modules. Raises ValueError and TypeError for wrong arguments.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> from optim.integrations import Regressor
    >>> x = np.linspace(-1, 1, 20)[:, None]
    >>> model = Regressor(lambda inputs, outputs: nn.Linear(inputs, outputs), solver="lbfgs", alpha=0).fit(x, 3 * x[:, 0])
    >>> model.predict([[2.0]]).round(3).tolist()
    [6.0]
    """

    def __init__(
        self,
        module_factory: Callable[..., nn.Module] = one_hidden_layer,
        *,
        solver: Any = "adam",
        loss: Any = None,
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float = 0.001,
        schedule: Callable[[Any], Any] | None = None,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: float = 10,
        callbacks: Sequence[Any] | None = None,
    ) -> None:
        self.module_factory = module_factory
        self.solver = solver
        self.loss = loss
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.schedule = schedule
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.callbacks = callbacks

    def _make_model(self, inputs: int, outputs: int, rng: np.random.Generator) -> nn.Module:
        return call_factory(self.module_factory, inputs, outputs, rng)
