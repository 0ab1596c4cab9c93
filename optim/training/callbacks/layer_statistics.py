"""Statistics of each parameter during a training: gradient norms, update ratios and histograms."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.extend import grad_arrays, suggest_names
from optim.regularizers.norms import euclidean_norm
from optim.training.callbacks.base import Callback
from optim.training.model import named_parameters
from optim.training.run import Run

STATISTICS = ("gradient_norms", "update_ratios", "histograms")
BINS = 40


class LayerStatistics(Callback):
    """Adds columns to the history: for each parameter, the means of ‖∂L/∂w‖ and ‖Δw‖ / ‖w‖ over the steps of an epoch.

    statistics: one or several of "gradient_norms", "update_ratios", "histograms".
    every:      measure every n-th step only.

    The columns are "gradient_norm 0.weight", "update_ratio 0.weight", …; histograms go into history.histograms. The gradient
    is measured before clipping and without the optimizer's own penalty. ‖w‖ is the norm after the step, so the ratio of a first
    step away from w = 0 is 1. See `history.layers`, `history.plot` and `history.plot_histograms`.
    `fit(…, record="gradient_norms")` adds this callback.

    >>> import nn
    >>> from optim import LayerStatistics, fit
    >>> statistics = LayerStatistics(["gradient_norms", "update_ratios"])
    >>> history = fit(nn.Linear(1, 1, rng=0), nn.MSELoss(), ([[0.0]], [[1.0]]), epochs=1, callbacks=[statistics])
    >>> history.columns[-2:], history["gradient_norm weight"]
    (['update_ratio weight', 'update_ratio bias'], [0.0])
    """

    @suggest_names
    def __init__(self, statistics: str | Iterable[str] = STATISTICS[:2], every: int = 1):
        self.statistics = (statistics,) if isinstance(statistics, str) else tuple(statistics)
        for name in self.statistics:
            if name not in STATISTICS:
                raise ValueError(f"statistics are {', '.join(STATISTICS)}, got {name!r}")
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"every must be a number of steps, at least 1, got {every!r}")
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
        if "gradient_norms" in self.statistics:
            self._norms += [0.0 if g is None else euclidean_norm(g) for g in grad_arrays(self._parameters.values())]
        if "update_ratios" in self.statistics:
            self._before = [np.array(p.data) for p in self._parameters.values()]

    def on_step_end(self, run: Run) -> None:
        if not self._sampling:
            return
        self._samples, self._sampling = self._samples + 1, False
        if "update_ratios" in self.statistics:
            pairs = zip(self._parameters.values(), self._before)
            self._ratios += [euclidean_norm(p.data - before) / (euclidean_norm(p.data) or 1.0) for p, before in pairs]

    def means(self) -> dict[str, float]:
        """The columns of the current epoch."""
        columns: dict[str, float] = {}
        for record, title, sums in (
            ("gradient_norms", "gradient_norm", self._norms),
            ("update_ratios", "update_ratio", self._ratios),
        ):
            if record in self.statistics:
                means = sums / max(self._samples, 1)
                columns |= {f"{title} {name}": mean for name, mean in zip(self._parameters, means.tolist())}
        return columns

    def on_epoch_end(self, run: Run) -> None:
        run.logs |= self.means()
        if "histograms" in self.statistics:
            for name, parameter in self._parameters.items():
                counts, edges = np.histogram(parameter.data, BINS)
                run.history.histograms.setdefault(name, []).append((counts.tolist(), float(edges[0]), float(edges[-1])))


def recording_callbacks(record: Any) -> list[Callback]:
    """The LayerStatistics that `fit(record=…)` adds; none if nothing is recorded."""
    if not record:
        return []
    if not isinstance(record, str | list | tuple | set):
        raise ValueError(f"record: names among {', '.join(STATISTICS)} expected, got {record!r}")
    return [LayerStatistics(record if isinstance(record, str) else list(record))]
