"""Averages of the weights over the steps or epochs of a training, often better than the last weights."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import Tensor, no_grad
from autograd.extend import side_effect, suggest_names
from optim.validation import is_number


class _WeightAverage:
    """Averages a of parameters w; update n = 1, 2, … is a ← a + (w − a) · weight(n)."""

    def __init__(self, parameters: Iterable[Tensor]):
        name = type(self).__name__
        if isinstance(parameters, Tensor):
            raise ValueError(f"{name}: a list of parameters expected, got a single tensor w; write [w]")
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError(f"{name}: there are no parameters to average; give model.parameters()")
        wrong = [p for p in self.parameters if not isinstance(p, Tensor) or p.dtype.kind != "f"]
        if wrong:
            raise ValueError(f"{name}: tensors of floats such as parameters expected, got {wrong[0]!r:.60}")
        self.updates = 0
        self.averages = [np.array(p.data) for p in self.parameters]

    def weight(self, n: int) -> float:
        """The share of the current weights in the average at update n = 1, 2, …"""
        raise NotImplementedError

    @side_effect
    def update(self) -> None:
        """Add the current weights to the averages."""
        self.updates += 1
        weight = self.weight(self.updates)
        for average, parameter in zip(self.averages, self.parameters):
            average += (parameter.data - average) * weight

    @contextmanager
    def apply(self) -> Iterator[None]:
        """The parameters have the averaged values inside a `with` block, for evaluation or saving, and their own after it.

        Raises RuntimeError before the first update.
        """
        current = [p.data for p in self.parameters]
        self.copy_to()
        try:
            yield
        finally:
            for parameter, data in zip(self.parameters, current):
                parameter.data = data

    def copy_to(self) -> None:
        """Set the parameters to their averages. Raises RuntimeError before the first update."""
        if not self.updates:
            raise RuntimeError(f"{type(self).__name__}: there is no average yet; call update() after training steps")
        for parameter, average in zip(self.parameters, self.averages):
            parameter.data = average.copy()

    def state_dict(self) -> dict[str, Any]:
        """The number of updates and copies of the averages."""
        return {"updates": self.updates, "averages": [average.copy() for average in self.averages]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of `state_dict`. Raises ValueError, before anything changes, if it does not fit."""
        name = type(self).__name__
        if not {"updates", "averages"} <= set(state):
            raise ValueError(f"{name}: a state with updates and averages expected, got one with {', '.join(state)}")
        shapes, expected = [np.shape(a) for a in state["averages"]], [a.shape for a in self.averages]
        if shapes != expected:
            raise ValueError(f"{name}: the state has averages of shapes {shapes}, the parameters have shapes {expected}")
        self.updates = state["updates"]
        self.averages = [np.array(loaded, average.dtype) for loaded, average in zip(state["averages"], self.averages)]


class EMA(_WeightAverage):
    """Exponential moving average of the weights: a = w at the first update, then a ← decay · a + (1 − decay) · w.

    parameters:      the tensors to average, such as model.parameters().
    decay:           0 ≤ decay < 1; the average covers about the last 1 / (1 − decay) updates.
    bias_correction: divide by 1 − decayⁿ as Adam does, so that the first weights have no larger share than later ones. Without
                     it, as in PyTorch, their share is decayⁿ⁻¹.

    Call update() after each step. PyTorch's AveragedModel with get_ema_multi_avg_fn(decay), of the same default decay; Keras's
    use_ema. Raises ValueError for no parameters or a wrong decay. Polyak and Juditsky (1992), Acceleration of stochastic
    approximation by averaging (equal shares); Kingma and Ba (2015), Adam (bias correction).

    >>> from autograd import Tensor
    >>> from optim import EMA
    >>> w = Tensor([0.0], requires_grad=True)
    >>> average = EMA([w], decay=0.5)
    >>> for value in (0.0, 1.0, 1.0):
    ...     w.data = [value]
    ...     average.update()
    >>> with average.apply():
    ...     print(w.tolist())
    [0.75]
    >>> w.tolist()
    [1.0]
    """

    @suggest_names
    def __init__(self, parameters: Iterable[Tensor], decay: float = 0.999, bias_correction: bool = False):
        if not (is_number(decay) and 0 <= decay < 1):
            raise ValueError(f"EMA: decay must be in [0, 1), got {decay!r}")
        self.decay, self.bias_correction = decay, bias_correction
        super().__init__(parameters)

    def weight(self, n: int) -> float:
        if self.bias_correction:
            return (1 - self.decay) / (1 - self.decay**n)
        return 1.0 if n == 1 else 1 - self.decay


class SWA(_WeightAverage):
    """Stochastic weight averaging: the mean of the weights at all updates, a = (w₁ + … + wₙ) / n.

    parameters: the tensors to average, such as model.parameters().

    Call update() after each of the last epochs, with a learning rate that stays high (constant, or at the end of each cycle of
    CosineAnnealingWarmRestarts). Then call update_statistics, if the model has BatchNorm layers. PyTorch's AveragedModel.
    Raises ValueError for no parameters. Izmailov et al. (2018), Averaging weights leads to wider optima and better
    generalization.

    >>> from autograd import Tensor
    >>> from optim import SWA
    >>> w = Tensor([0.0], requires_grad=True)
    >>> average = SWA([w])
    >>> for value in (1.0, 2.0, 6.0):
    ...     w.data = [value]
    ...     average.update()
    >>> average.copy_to()
    >>> w.tolist()
    [3.0]
    """

    def weight(self, n: int) -> float:
        return 1 / n


def update_statistics(model: Any, batches: Iterable[Any]) -> None:
    """Recompute the running statistics of BatchNorm layers as the mean over batches, after the weights are replaced.

    model:   a module; its layers with running_mean and momentum discard their statistics, for every value of momentum.
    batches: inputs, or pairs (inputs, targets), whose targets are not used. All batches have the same share.

    The model runs over the batches in training mode and without a graph. PyTorch's update_bn, except that the running variance
    averages the biased variance, without n / (n − 1).

    >>> import nn
    >>> import numpy as np
    >>> from optim import update_statistics
    >>> model = nn.Sequential(nn.BatchNorm1d(1))
    >>> update_statistics(model, [np.array([[0.0], [2.0]]), np.array([[4.0], [6.0]])])
    >>> model[0].running_mean.tolist(), model[0].running_var.tolist(), model[0].momentum
    ([3.0], [1.0], 0.9)
    """
    modules = list(model.modules())
    layers = [(m, m.momentum) for m in modules if hasattr(m, "running_mean") and hasattr(m, "momentum")]
    modes = [(m, m.training) for m in modules]
    model.train()
    try:
        with no_grad():
            for n, batch in enumerate(batches):
                for layer, _ in layers:
                    layer.momentum = n / (n + 1)  # the share of the old value: all batches so far have equal shares
                model(batch[0] if isinstance(batch, tuple) else batch)
    finally:
        for layer, momentum in layers:
            layer.momentum = momentum
        for module, mode in modes:
            module.training = mode
