"""Stop when validation no longer improves, and give back the best parameters."""

from collections.abc import Iterable

import numpy as np

from autograd import Tensor


class EarlyStopping:
    """Watches one number per epoch that should fall; remembers the parameters of its lowest value.

    patience:  epochs without improvement after which training stops.
    min_delta: what counts as an improvement.

    >>> from autograd import Tensor
    >>> from optim import EarlyStopping
    >>> w = Tensor(0.0, requires_grad=True)
    >>> stopping = EarlyStopping(patience=1)
    >>> for loss in (0.5, 0.7):
    ...     stop = stopping.update(loss, [w])
    ...     w.data = w.data + 1
    >>> stopping.restore([w])
    >>> stop, w.item()
    (True, 0.0)
    """

    def __init__(self, patience: int = 10, min_delta: float = 0.0):
        if patience < 1:
            raise ValueError(f"patience is a number of epochs, at least 1, not {patience}")
        self.patience, self.min_delta = patience, min_delta
        self.reset()

    def reset(self) -> None:
        """Forget what was seen, for another training."""
        self.best, self.waited = np.inf, 0
        self._parameters: list[np.ndarray] = []

    def update(self, value: float, parameters: Iterable[Tensor]) -> bool:
        """Take note of an epoch; whether it is time to stop."""
        if value < self.best - self.min_delta:
            self.best, self.waited = value, 0
            self._parameters = [np.array(p.data) for p in parameters]
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, parameters: Iterable[Tensor]) -> None:
        """Put the best parameters back."""
        if self._parameters:
            for parameter, best in zip(parameters, self._parameters, strict=True):
                parameter.data = best.copy()
