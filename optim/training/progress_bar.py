"""The progress bar of a training in a terminal or a notebook: loss, metrics, learning rate and remaining time."""

import math
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Self

REFRESH_SECONDS = 0.1


class ProgressBar:
    """A bar over all steps of a training, refreshed at most ten times a second.

    steps:       the number of steps per epoch.
    shown:       whether to show the bar; default: in a notebook, and if stderr is a terminal.
    epochs_done: the number of epochs that a resumed training has done before.
    """

    def __init__(self, epochs: int, steps: int, shown: bool | None = None):
        self.epochs, self.steps, self.shown = epochs, steps, shown
        self.epochs_done = 0
        self.due = math.inf  # the time of the next refresh: never, until the bar is shown
        self._figures: dict[str, float] = {}
        self._bar: Any = None

    def __enter__(self) -> Self:
        self._bar = None
        notebook = _in_notebook()
        shown = (notebook or _in_terminal()) if self.shown is None else self.shown
        if shown:
            self._bar = (NotebookBar if notebook else TerminalBar)(self.epochs * self.steps, self.epochs_done * self.steps)
            self.due = 0.0
        return self

    def __exit__(self, *_: object) -> None:
        self.due = math.inf
        if self._bar is not None:
            self._bar.close()

    def step(self, epoch: int, step: int, loss: float, lr: float) -> None:
        """Show the number of steps done in an epoch and their mean loss."""
        self.due = time.perf_counter() + REFRESH_SECONDS
        self._show(epoch, step, self._figures | {"loss": loss, "lr": lr})

    def epoch(self, epoch: int, logs: Mapping[str, float], lr: float) -> None:
        """Show the numbers of an epoch that is evaluated."""
        if self._bar is not None:
            self._figures = {
                name: value for name, value in logs.items() if name not in ("epoch", "seconds") and " " not in name
            }
            self._show(epoch, self.steps, self._figures | {"lr": lr})

    def _show(self, epoch: int, step: int, figures: Mapping[str, float]) -> None:
        text = ", ".join(f"{name}={value:.4g}" for name, value in figures.items())
        self._bar.show((epoch - 1) * self.steps + step, f"training, epoch {epoch}/{self.epochs}", text)


class TerminalBar:
    """The bar of tqdm on stderr."""

    def __init__(self, total: int, initial: int):
        from tqdm import tqdm  # imported when first used, so that `import optim` stays fast

        self._bar = tqdm(total=total, initial=initial, unit="step", desc="training", dynamic_ncols=True, mininterval=0)

    def show(self, done: int, title: str, figures: str) -> None:
        """Redraw the bar."""
        self._bar.set_description_str(title, refresh=False)
        self._bar.set_postfix_str(figures, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """End the bar; its last line stays on the screen."""
        self._bar.close()


class NotebookBar:
    """A bar of plain HTML below a cell: it needs no widgets and is saved with the notebook."""

    def __init__(self, total: int, initial: int):
        ipython = import_module("IPython.display")  # always installed where a notebook runs
        self._html, self._total, self._started = ipython.HTML, total, time.perf_counter()
        self._initial = initial
        self._cell = ipython.display(ipython.HTML(_html("training", "", initial, total)), display_id=True)

    def show(self, done: int, title: str, figures: str) -> None:
        """Redraw the bar."""
        elapsed, steps = time.perf_counter() - self._started, done - self._initial
        left = f", {_clock(elapsed * (self._total - done) / steps)} left" if steps > 0 and done < self._total else ""
        self._cell.update(self._html(_html(title, f"{figures} [{_clock(elapsed)}{left}]", done, self._total)))

    def close(self) -> None:
        """Nothing to do: the last bar stays below the cell."""


def _html(title: str, text: str, done: int, total: int) -> str:
    import html

    bar = f'<progress value="{done}" max="{max(total, 1)}" style="width: 16em"></progress>'
    return f"<div>{html.escape(title)} {bar} {html.escape(text)}</div>"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def _in_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
