"""How far a training is: a bar in a terminal or a notebook, with loss, metrics, learning rate and the time that is left."""

import math
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Self

REFRESH_SECONDS = 0.1  # seconds between two looks of a person


class ProgressBar:
    """A bar over all steps of a training, renewed ten times a second; not there unless somebody can see it.

    steps: of an epoch.
    shown: whether to show it; by default in a notebook, and if stderr is a terminal.
    past:  epochs of an earlier training that is gone on with.
    """

    def __init__(self, epochs: int, steps: int, shown: bool | None = None):
        self.epochs, self.steps, self.shown = epochs, steps, shown
        self.past = 0
        self.due = math.inf  # when the bar is to be renewed: never, until it is there
        self._figures: dict[str, float] = {}
        self._bar: Any = None

    def __enter__(self) -> Self:
        self._bar = None
        notebook = _in_notebook()
        shown = (notebook or _in_terminal()) if self.shown is None else self.shown
        if shown:
            self._bar = (NotebookBar if notebook else TerminalBar)(self.epochs * self.steps, self.past * self.steps)
            self.due = 0.0
        return self

    def __exit__(self, *_: object) -> None:
        self.due = math.inf
        if self._bar is not None:
            self._bar.close()

    def step(self, epoch: int, step: int, loss: float, lr: float) -> None:
        """So many steps of an epoch are done; the mean of their losses."""
        self.due = time.perf_counter() + REFRESH_SECONDS
        self._show(epoch, step, self._figures | {"loss": loss, "lr": lr})

    def epoch(self, epoch: int, row: Mapping[str, float], lr: float) -> None:
        """An epoch is over and measured."""
        if self._bar is not None:
            self._figures = {name: value for name, value in row.items() if name not in ("epoch", "seconds") and " " not in name}
            self._show(epoch, self.steps, self._figures | {"lr": lr})

    def _show(self, epoch: int, step: int, figures: Mapping[str, float]) -> None:
        words = ", ".join(f"{name}={value:.4g}" for name, value in figures.items())
        self._bar.show((epoch - 1) * self.steps + step, f"training, epoch {epoch}/{self.epochs}", words)


class TerminalBar:
    """tqdm's bar on stderr."""

    def __init__(self, total: int, past: int):
        from tqdm import tqdm  # only training needs it, and imports are to be quick

        self._bar = tqdm(total=total, initial=past, unit="step", desc="training", dynamic_ncols=True, mininterval=0)

    def show(self, done: int, title: str, figures: str) -> None:
        """Draw it anew."""
        self._bar.set_description_str(title, refresh=False)
        self._bar.set_postfix_str(figures, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Leave it as it is."""
        self._bar.close()


class NotebookBar:
    """A bar below a cell, of plain HTML: it needs no widgets, and stays in the saved notebook."""

    def __init__(self, total: int, past: int):
        ipython = import_module("IPython.display")  # it is there, where there is a notebook
        self._html, self._total, self._started = ipython.HTML, total, time.perf_counter()
        self._past = past
        self._cell = ipython.display(ipython.HTML(_html("training", "", past, total)), display_id=True)

    def show(self, done: int, title: str, figures: str) -> None:
        """Draw it anew."""
        spent, made = time.perf_counter() - self._started, done - self._past
        left = f", {_clock(spent * (self._total - done) / made)} left" if made > 0 and done < self._total else ""
        self._cell.update(self._html(_html(title, f"{figures} [{_clock(spent)}{left}]", done, self._total)))

    def close(self) -> None:
        """Leave it as it is."""


def _html(title: str, words: str, done: int, total: int) -> str:
    import html

    bar = f'<progress value="{done}" max="{max(total, 1)}" style="width: 16em"></progress>'
    return f"<div>{html.escape(title)} {bar} {html.escape(words)}</div>"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def _in_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
