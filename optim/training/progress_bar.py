"""The progress bar of a training in a terminal or a notebook: loss, metrics, learning rate and remaining time."""

import math
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, Self

REFRESH_SECONDS = 0.1
MIN_BAR = 10  # characters


class ProgressBar:
    """A bar over all steps of a training, refreshed at most ten times a second.

    steps:       the number of steps per epoch.
    shown:       whether to show the bar; default: in a notebook, and if stderr is a terminal, unless the environment variable
                 TQDM_DISABLE, tqdm's own switch, is set to 1.
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
        shown = (notebook or _in_terminal()) and not _is_disabled() if self.shown is None else self.shown
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

    def end(self, epoch: int, reason: str) -> None:
        """Show why the training ends before its last epoch; nothing for a training that ends with it."""
        if self._bar is not None and epoch < self.epochs and reason:
            self._bar.stop(f"stopped after epoch {epoch}/{self.epochs}: {reason}")

    def _show(self, epoch: int, step: int, figures: Mapping[str, float]) -> None:
        texts = [f"{name}={value:.4g}" for name, value in sorted(figures.items(), key=lambda item: _rank(item[0]))]
        self._bar.show((epoch - 1) * self.steps + step, f"training, epoch {epoch}/{self.epochs}", texts)


def _rank(name: str) -> int:
    """The place of a number in the bar: the losses, then metrics of validation, other metrics, and the learning rate."""
    first = ("loss", "validation_loss")
    return first.index(name) if name in first else 4 if name == "lr" else 2 if name.startswith("validation_") else 3


class TerminalBar:
    """The bar of tqdm on stderr, on one line: in a narrow terminal with fewer numbers, but at least MIN_BAR characters."""

    def __init__(self, total: int, initial: int):
        from tqdm import tqdm  # imported when first used, so that `import optim` stays fast

        line = _line_format("training", total, [], _columns())
        self._bar = tqdm(total=total, initial=initial, unit="step", mininterval=0, bar_format=line, disable=False)

    def show(self, done: int, title: str, figures: list[str]) -> None:
        """Redraw the bar."""
        self._bar.bar_format = _line_format(title, self._bar.total, figures, _columns())
        self._bar.update(done - self._bar.n)

    def stop(self, message: str) -> None:
        """End the bar with a message on a line of its own."""
        self._bar.close()
        print(message, file=sys.stderr)

    def close(self) -> None:
        """End the bar; its last line stays on the screen."""
        self._bar.close()


def _line_format(title: str, total: int, figures: list[str], columns: int | None) -> str:
    """The format of a line of `columns` characters; None for any number."""
    counts, rate = f"{total}/{total} ", " {rate_fmt}"
    fixed = len(f"{title}: 100%|| {counts}[0:00:00<0:00:00 100000.00step/s] ") + MIN_BAR
    if columns is not None and fixed + len(", ".join(figures)) > columns:
        title, counts, rate = title.removeprefix("training, "), "", ""
        figures = [figure.replace("validation_", "val_") for figure in figures]
        fixed = len(f"{title}: 100%|| [0:00:00<0:00:00] ") + MIN_BAR
    shown: list[str] = []
    for figure in figures:
        if columns is not None and fixed + len(", ".join([*shown, figure])) >= columns:
            break
        shown.append(figure)
    text = ", ".join(shown)
    width = MIN_BAR if columns is None else max(MIN_BAR, columns - 1 - fixed + MIN_BAR - len(text))
    done = "{n_fmt}/{total_fmt} " if counts else ""
    text = text.replace("{", "{{").replace("}", "}}")
    return f"{title}: {{percentage:3.0f}}%|{{bar:{width}}}| {done}[{{elapsed}}<{{remaining}}{rate}] {text}"


def _columns() -> int | None:
    """The width of the terminal; None if it is not known."""
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(sys.stderr.fileno()).columns or None
    return None


class NotebookBar:
    """A bar of plain HTML below a cell: it needs no widgets and is saved with the notebook."""

    def __init__(self, total: int, initial: int):
        ipython = import_module("IPython.display")  # always installed where a notebook runs
        self._html, self._total, self._started = ipython.HTML, total, time.perf_counter()
        self._initial, self._done, self._text = initial, initial, ""
        self._cell = ipython.display(ipython.HTML(_html("training", "", initial, total)), display_id=True)

    def show(self, done: int, title: str, figures: list[str]) -> None:
        """Redraw the bar."""
        elapsed, steps = time.perf_counter() - self._started, done - self._initial
        left = f", {_clock(elapsed * (self._total - done) / steps)} left" if steps > 0 and done < self._total else ""
        self._done, self._text = done, ", ".join(figures)
        self._cell.update(self._html(_html(title, f"{self._text} [{_clock(elapsed)}{left}]", done, self._total)))

    def stop(self, message: str) -> None:
        """Redraw the bar with a message in place of the epoch."""
        self._cell.update(self._html(_html(message, self._text, self._done, self._total)))

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


def _is_disabled() -> bool:
    return os.environ.get("TQDM_DISABLE", "0").lower() not in ("", "0", "false")


def _in_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
