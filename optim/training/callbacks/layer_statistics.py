"""What happens inside of each layer during a training: gradients, updates, and how the parameters are distributed."""

from typing import Any

import numpy as np

from autograd.extend import grad_arrays
from optim.training.callbacks.base import Callback
from optim.training.model import named_parameters
from optim.training.run import Run

RECORDS = ("gradient_norms", "update_ratios", "histograms")
BINS = 40


class LayerStatistics(Callback):
    """Adds to the history, for every parameter and epoch, the means of ‖∂L/∂w‖ and ‖Δw‖ / ‖w‖ over its steps.

    what:  any of "gradient_norms", "update_ratios", "histograms".
    every: look at every so many-th step only.

    w is what it is after the step: the ratio is 1 for the first one away from 0. Columns are "gradient_norm 0.weight" and
    "update_ratio 0.weight", …; gradients are measured as they arrive, before they are clipped and without the optimizer's own
    penalty. Histograms of the parameters go into history.histograms. `history.layers`, `history.plot` and
    `history.plot_histograms` show them. `fit(…, record="gradient_norms")` is short for this callback.

    >>> import nn
    >>> from optim import LayerStatistics, fit
    >>> recorder = LayerStatistics(["gradient_norms", "update_ratios"])
    >>> history = fit(nn.Linear(1, 1, rng=0), nn.MSELoss(), ([[0.0]], [[1.0]]), epochs=1, callbacks=[recorder])
    >>> history.columns[-2:], history["gradient_norm weight"]
    (['update_ratio weight', 'update_ratio bias'], [0.0])
    """

    def __init__(self, what: str | list[str] | tuple[str, ...] = RECORDS[:2], every: int = 1):
        self.what = (what,) if isinstance(what, str) else tuple(what)
        for name in self.what:
            if name not in RECORDS:
                raise ValueError(f"{', '.join(RECORDS)} can be recorded, not {name!r}")
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"every is a number of steps, at least 1, not {every!r}")
        self.every = every

    def on_epoch_begin(self, run: Run) -> None:
        self._parameters = named_parameters(run.model)
        self._norms = np.zeros(len(self._parameters))
        self._ratios = np.zeros(len(self._parameters))
        self._samples, self._sampling = 0, False

    def on_grad_computed(self, run: Run) -> None:
        if self._sampling or run.step % self.every:  # a closure may be called several times in a step
            return
        self._sampling = True
        if "gradient_norms" in self.what:
            self._norms += [0.0 if g is None else _norm(g) for g in grad_arrays(self._parameters.values())]
        if "update_ratios" in self.what:
            self._before = [np.array(p.data) for p in self._parameters.values()]

    def on_step_end(self, run: Run) -> None:
        if not self._sampling:
            return
        self._samples, self._sampling = self._samples + 1, False
        if "update_ratios" in self.what:
            pairs = zip(self._parameters.values(), self._before)
            self._ratios += [_norm(p.data - before) / (_norm(p.data) or 1.0) for p, before in pairs]

    def on_epoch_end(self, run: Run) -> None:
        for record, title, sums in (
            ("gradient_norms", "gradient_norm", self._norms),
            ("update_ratios", "update_ratio", self._ratios),
        ):
            if record in self.what:
                means = sums / max(self._samples, 1)
                run.logs |= {f"{title} {name}": mean for name, mean in zip(self._parameters, means.tolist())}
        if "histograms" in self.what:
            for name, parameter in self._parameters.items():
                counts, edges = np.histogram(parameter.data, BINS)
                run.history.histograms.setdefault(name, []).append((counts.tolist(), float(edges[0]), float(edges[-1])))


def _norm(array: Any) -> float:
    """√Σ x², also of numbers so small that their squares are 0: a gradient that vanishes has to be seen as small."""
    largest = float(np.abs(array).max(initial=0.0))
    return largest * float(np.sqrt(np.square(array / largest).sum())) if 0 < largest < np.inf else largest


def recording_callbacks(record: Any) -> list[Callback]:
    """The recorder that `fit(record=…)` is short for, if anything is to be recorded."""
    if not record:
        return []
    if not isinstance(record, str | list | tuple | set):
        raise ValueError(f"record takes names among {', '.join(RECORDS)}, not {record!r}")
    return [LayerStatistics(record if isinstance(record, str) else list(record))]
