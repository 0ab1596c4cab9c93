"""Training as a film: a figure for every epoch, shown with a slider."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import numpy as np

from autograd.extend import short_repr, suggest_names
from optim.training.callbacks.base import Callback
from optim.training.model import named_parameters
from optim.training.run import Run


class FilmRecorder(Callback):
    """Draws a figure before the first and after each epoch; Jupyter displays the film, and `save` writes it as HTML or GIF.

    draw:      a function of the run that returns a matplotlib figure or a PNG. The class methods below are ready-made ones.
    every:     draw after every n-th epoch only; the last epoch is always drawn.
    max_bytes: the size of all images. Where it would be exceeded, every second image is dropped, and the film says so.

    The film costs what its figures cost, 0.1 s or more each, and does not change the training: a figure must not draw random
    numbers of the training, nor change the model. A film is not part of checkpoints: a resumed training begins a new one.
    Needs matplotlib (pip install 'chainrule[plots]') for figures, and Pillow for GIF. PyTorch and Keras have none.

    >>> import numpy as np
    >>> import nn
    >>> from optim import FilmRecorder, fit
    >>> x, y = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), np.array([0, 1, 1])
    >>> recorder = FilmRecorder.decision_regions(x, y, resolution=20)
    >>> _ = fit(nn.MLP([2, 4, 2], rng=0), nn.CrossEntropyLoss(), (x, y), epochs=3, callbacks=[recorder])
    >>> len(recorder.film), recorder.film.captions[0]
    (4, 'before the training')
    >>> recorder.save("training.html")  # doctest: +SKIP
    """

    @suggest_names
    def __init__(self, draw: Callable[[Run], Any], every: int = 1, max_bytes: int = 4_000_000):
        if not callable(draw):
            raise TypeError(f"draw must be a function of the run that returns a figure, not {short_repr(draw)}")
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise ValueError(f"every must be a number of epochs, at least 1, got {every!r}")
        self.draw, self.every, self.max_bytes = draw, every, max_bytes
        self.reset()

    @classmethod
    def decision_regions(cls, inputs: Any, labels: Any, *, every: int = 1, max_bytes: int = 4_000_000, **options: Any) -> Self:
        """The decision regions of a classifier of two features; `options` of autograd.draw.plots.decision_regions."""
        return cls(lambda run: _plots().decision_regions(run.model, inputs, labels, **options), every, max_bytes)

    @classmethod
    def activation_densities(cls, *inputs: Any, every: int = 1, max_bytes: int = 4_000_000, **options: Any) -> Self:
        """The distribution of the outputs of each layer; `options` of autograd.draw.plots.activation_densities."""
        return cls(lambda run: _plots().activation_densities(run.model, *inputs, **options), every, max_bytes)

    @classmethod
    def weight_images(cls, name: str, *, every: int = 1, max_bytes: int = 4_000_000, **options: Any) -> Self:
        """The weights of a layer as images, by name, such as "0.weight"; `options` of autograd.draw.plots.weight_images."""

        def draw(run: Run) -> Any:
            parameters = named_parameters(run.model)
            if name not in parameters:
                raise ValueError(f"there is no parameter {name!r}; there are {', '.join(parameters)}")
            return _plots().weight_images(parameters[name].data, **options)

        return cls(draw, every, max_bytes)

    @classmethod
    def loss_path(
        cls, loss: Callable[[Any, Any], Any], x_range: Any, y_range: Any, *, every: int = 1, max_bytes: int = 4_000_000,
        **options: Any,
    ) -> Self:  # fmt: skip
        """The path of a model of two weights on the surface loss(w₁, w₂); `options` of autograd.draw.plots.loss_surface."""
        points: list[np.ndarray] = []

        def draw(run: Run) -> Any:
            if run.epoch == 0:
                points.clear()
            weights = np.concatenate([np.ravel(parameter.data) for parameter in run.parameters])
            if len(weights) != 2:
                raise ValueError(f"a path on a loss surface needs a model of 2 weights; this one has {len(weights)}")
            points.append(weights.astype(float))
            path = {"weights": np.array(points if len(points) > 1 else points * 2)}
            return _plots().loss_surface(loss, x_range, y_range, path, **options)

        return cls(draw, every, max_bytes)

    def reset(self) -> None:
        self._film: Any = None

    @property
    def film(self) -> Any:
        """The autograd.draw.Film of the training; raises ValueError before the training."""
        if self._film is None:
            raise ValueError("there is no film yet: give this recorder to fit, in callbacks")
        return self._film

    def save(self, path: str | Path) -> None:
        """Write the film to a file: .html with a slider; .gif with Pillow; .png for the last image."""
        self.film.save(path)

    def on_train_begin(self, run: Run) -> None:
        self._film = import_module("autograd.draw").Film(self.max_bytes)  # imported when used, so that `import optim` is fast
        self._last_epoch = run.epoch
        self._film.add(self.draw(run), "before the training" if run.epoch == 0 else f"after epoch {run.epoch}")

    def on_epoch_end(self, run: Run) -> None:
        if run.epoch % self.every == 0:
            self._add(run)

    def on_train_end(self, run: Run) -> None:
        if len(run.history) and run.history["epoch"][-1] != self._last_epoch and not run.failure:
            self._add(run)

    def _add(self, run: Run) -> None:
        self._last_epoch = int(run.logs["epoch"])
        numbers = [f"{name} {value:.4g}" for name, value in run.logs.items() if name in ("loss", "validation_loss")]
        self._film.add(self.draw(run), f"epoch {run.epoch} of {run.epochs}: {', '.join(numbers)}")

    def _repr_html_(self) -> str | None:
        return None if self._film is None else self._film._repr_html_()

    def _repr_png_(self) -> bytes | None:
        return None if self._film is None else self._film._repr_png_()


def _plots() -> Any:
    return import_module("autograd.draw.plots")
