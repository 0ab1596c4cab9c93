"""Multilayer perceptrons as estimators of scikit-learn: MLPClassifier and MLPRegressor."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

import nn
from optim.integrations.supervised import BaseClassifier, BaseRegressor

#: scikit-learn's activations, with the factor of their initial weights.
GLOROT_FACTORS = {"relu": 6.0, "tanh": 6.0, "identity": 6.0, "logistic": 2.0}


class MLPClassifier(BaseClassifier):
    """A multilayer perceptron as a classifier, with the arguments of scikit-learn's MLPClassifier and more.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(100,)
        The number of units of each hidden layer.
    activation : str, module or list, default="relu"
        "relu", "tanh", "logistic", "identity" or another name of nn.MLP; or a list with one for each hidden layer.
    solver : str or callable, default="adam"
        "adam", "sgd" with `momentum`, "lbfgs" with all examples in each step, the lowercase name of another optimizer, or one
        such as optim.RMSprop, called with the parameters, lr=learning_rate_init and penalty=….
    loss : loss or str, default=None
        A loss such as nn.HingeLoss(), or None for the cross-entropy, with one output for two classes.
    dropout : float, default=0.0
        The probability with which a unit of a hidden layer is left out, see nn.MLP.
    batch_norm : bool, default=False
        Whether each hidden layer is normalized over the batch, see nn.MLP.
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
    The weights start as scikit-learn's with its four activations, as in nn.MLP with others. Inputs in float32 train a model in
    float32. Raises ValueError for wrong arguments.

    Arguments are searched by scikit-learn, in parallel and with any backend of joblib, as in
    RandomizedSearchCV(MLPClassifier(), {"alpha": scipy.stats.loguniform(1e-6, 1e-1)}, n_jobs=2).fit(X, y), or by Optuna, whose
    pruning takes callbacks=[OptunaPruning(trial)].

    Examples
    --------
    >>> import numpy as np
    >>> from optim.integrations import MLPClassifier
    >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> model = MLPClassifier((8,), "tanh", solver="lbfgs", random_state=0).fit(x, ["no", "yes", "yes", "no"])
    >>> model.predict(x).tolist()
    ['no', 'yes', 'yes', 'no']
    """

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        loss: Any = None,
        dropout: float = 0.0,
        batch_norm: bool = False,
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
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.loss = loss
        self.dropout = dropout
        self.batch_norm = batch_norm
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
        return _mlp(self, inputs, outputs, rng)


class MLPRegressor(BaseRegressor):
    """A multilayer perceptron as a regressor, with the arguments of scikit-learn's MLPRegressor and more.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(100,)
        The number of units of each hidden layer.
    activation : str, module or list, default="relu"
        "relu", "tanh", "logistic", "identity" or another name of nn.MLP; or a list with one for each hidden layer.
    solver : str or callable, default="adam"
        "adam", "sgd" with `momentum`, "lbfgs" with all examples in each step, the lowercase name of another optimizer, or one
        such as optim.RMSprop, called with the parameters, lr=learning_rate_init and penalty=….
    loss : loss or str, default=None
        "squared_error", "absolute_error", "huber", "poisson", or a loss such as nn.HuberLoss(0.5); None: the first.
    dropout : float, default=0.0
        The probability with which a unit of a hidden layer is left out, see nn.MLP.
    batch_norm : bool, default=False
        Whether each hidden layer is normalized over the batch, see nn.MLP.
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
    The weights start as scikit-learn's with its four activations, as in nn.MLP with others. Inputs in float32 train a model in
    float32. Raises ValueError for wrong arguments.

    Examples
    --------
    >>> import numpy as np
    >>> from optim.integrations import MLPRegressor
    >>> x = np.linspace(-1, 1, 50)[:, None]
    >>> model = MLPRegressor((16,), "tanh", solver="lbfgs", random_state=0).fit(x, np.sin(3 * x[:, 0]))
    >>> model.score(x, np.sin(3 * x[:, 0])) > 0.99
    True
    """

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        loss: Any = None,
        dropout: float = 0.0,
        batch_norm: bool = False,
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
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.loss = loss
        self.dropout = dropout
        self.batch_norm = batch_norm
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
        return _mlp(self, inputs, outputs, rng)


def _mlp(estimator: Any, inputs: int, outputs: int, rng: np.random.Generator) -> nn.MLP:
    """The nn.MLP of an estimator's arguments; raises ValueError for sizes that are not positive."""
    sizes = estimator.hidden_layer_sizes
    hidden = list(sizes) if isinstance(sizes, Iterable) else [sizes]
    if not all(isinstance(size, int | np.integer) and size > 0 for size in hidden):
        raise ValueError(f"hidden_layer_sizes: positive integers expected, got {sizes!r}")
    names = estimator.activation
    activation = [_activation(name) for name in names] if isinstance(names, list | tuple) else _activation(names)
    sizes = [inputs, *map(int, hidden), outputs]
    model = nn.MLP(sizes, activation, batch_norm=estimator.batch_norm, dropout=estimator.dropout, rng=rng)
    if isinstance(names, str) and names in GLOROT_FACTORS:
        for layer in model.modules():
            if isinstance(layer, nn.Linear):
                _initialize(layer, GLOROT_FACTORS[names], rng)
    return model


def _activation(name: Any) -> Any:
    """An activation of nn.MLP by scikit-learn's name."""
    return "sigmoid" if isinstance(name, str) and name == "logistic" else name


def _initialize(layer: nn.Linear, factor: float, rng: np.random.Generator) -> None:
    """Weights and biases as scikit-learn's: uniform in ±√(factor / (inputs + outputs))."""
    bound = np.sqrt(factor / sum(layer.weight.shape))
    for parameter in layer.parameters():
        parameter.data = rng.uniform(-bound, bound, parameter.shape)
