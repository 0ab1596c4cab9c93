"""Averages of the weights that a training passes through: often better, and less noisy, than where it ends."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import Tensor, no_grad
from autograd.extend import side_effect
from optim.validation import is_number


class _WeightAverage:
    """Averages a of parameters w, moved by each update n = 1, 2, …: a ← a + (w − a) · weight(n)."""

    def __init__(self, parameters: Iterable[Tensor]):
        if isinstance(parameters, Tensor):
            raise ValueError(f"{type(self).__name__}: a list of parameters is needed, not a single tensor w; write [w]")
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError(f"{type(self).__name__}: there are no parameters to average; give it model.parameters()")
        wrong = [p for p in self.parameters if not isinstance(p, Tensor) or p.dtype.kind != "f"]
        if wrong:
            raise ValueError(f"{type(self).__name__}: tensors of floats are averaged, such as parameters, not {wrong[0]!r:.60}")
        self.updates = 0
        self.averages = [np.array(p.data) for p in self.parameters]

    def weight(self, n: int) -> float:
        """What the average takes of the weights at update n = 1, 2, …"""
        raise NotImplementedError

    @side_effect
    def update(self) -> None:
        """Take note of the weights as they are now."""
        self.updates += 1
        weight = self.weight(self.updates)
        for average, parameter in zip(self.averages, self.parameters):
            average += (parameter.data - average) * weight

    @contextmanager
    def apply(self) -> Iterator[None]:
        """The model with averaged weights inside a `with` block, for evaluation or saving; after it, with its own again.

        Raises RuntimeError before the first update.
        """
        own = [p.data for p in self.parameters]
        self.copy_to()
        try:
            yield
        finally:
            for parameter, data in zip(self.parameters, own):
                parameter.data = data

    def copy_to(self) -> None:
        """Give the model the averaged weights for good. Raises RuntimeError before the first update."""
        if not self.updates:
            raise RuntimeError(f"{type(self).__name__}: nothing is averaged yet; call update() after steps of training")
        for parameter, average in zip(self.parameters, self.averages):
            parameter.data = average.copy()

    def state_dict(self) -> dict[str, Any]:
        """The number of updates and copies of the averages."""
        return {"updates": self.updates, "averages": [average.copy() for average in self.averages]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from where a state dict was taken. Raises ValueError, before anything changes, if it does not fit."""
        if not {"updates", "averages"} <= set(state):
            raise ValueError(f"{type(self).__name__}: a state with updates and averages expected, this has {', '.join(state)}")
        shapes, own = [np.shape(a) for a in state["averages"]], [a.shape for a in self.averages]
        if shapes != own:
            raise ValueError(f"{type(self).__name__}: the state has averages of shapes {shapes}, the parameters are {own}")
        self.updates = state["updates"]
        self.averages = [np.array(a, own.dtype) for a, own in zip(state["averages"], self.averages)]


class EMA(_WeightAverage):
    """Exponential moving average of weights: a ← decay · a + (1 − decay) · w at each update, and a = w at the first.

    parameters:      such as model.parameters().
    decay:           from 0 to below 1; about 1 / (1 − decay) updates are remembered.
    bias_correction: divide by 1 − decayⁿ, as Adam does: the first weights count no more than those after them. Without it,
                     and as in PyTorch, they have the share decayⁿ⁻¹.

    Call update() after each step. PyTorch's AveragedModel with get_ema_multi_avg_fn(decay), and its default decay; Keras's
    use_ema. Raises ValueError for no parameters or another decay. Polyak and Juditsky (1992), Acceleration of stochastic
    approximation by averaging, whose weights are equal; Kingma and Ba (2015), Adam, for the correction.

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

    def __init__(self, parameters: Iterable[Tensor], decay: float = 0.999, bias_correction: bool = False):
        if not (is_number(decay) and 0 <= decay < 1):
            raise ValueError(f"EMA: decay is from 0 to below 1, not {decay!r}")
        self.decay, self.bias_correction = decay, bias_correction
        super().__init__(parameters)

    def weight(self, n: int) -> float:
        if self.bias_correction:
            return (1 - self.decay) / (1 - self.decay**n)
        return 1.0 if n == 1 else 1 - self.decay


class SWA(_WeightAverage):
    """Stochastic weight averaging: the mean of the weights at all updates, a = (w₁ + … + wₙ) / n.

    parameters: such as model.parameters().

    Call update() after each epoch, once the training is near its end, at a rate that stays up (a constant one, or at the end
    of each descent of CosineAnnealingWarmRestarts); then update_statistics, if the model has BatchNorm layers. PyTorch's
    AveragedModel. Raises ValueError for no parameters. Izmailov et al. (2018), Averaging weights leads to wider optima and
    better generalization.

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
    """Give BatchNorm layers the statistics of these batches, each counting the same, after the weights were replaced.

    model:   a module; its layers that have running_mean and momentum start anew, whatever their momentum is.
    batches: inputs, or pairs (inputs, targets), of which the targets are not used.

    The model runs over the batches in training mode, without recording. PyTorch's update_bn, up to the running variance,
    which BatchNorm layers here average without its n / (n − 1).

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
                    layer.momentum = n / (n + 1)  # of the old value: all batches so far count the same
                model(batch[0] if isinstance(batch, tuple) else batch)
    finally:
        for layer, momentum in layers:
            layer.momentum = momentum
        for module, mode in modes:
            module.training = mode
