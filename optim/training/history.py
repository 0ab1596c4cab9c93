"""The history of a training: one row of numbers per epoch."""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from io import BytesIO
from pathlib import Path
from typing import Any, TextIO

from autograd.extend import atomic_files, bind_foreign_attributes
from optim.training.history_plots import Histogram, plot_columns, plot_histograms

MAX_PRINTED_ROWS = 20  # of a longer history, only the first and the last rows are printed


class History:
    """Columns of numbers, one row per epoch: history["loss"], history["validation_loss"], …

    It reads like a dict of its columns: `in`, iteration, keys(), values(), items(), get() and dict(history). Unlike that of a
    dict, its length is the number of epochs.
    Prints as a table, saves as CSV or JSON, and plots itself. `pandas.DataFrame(dict(history))` makes a data frame.

    stopped:    why the training ended before its last epoch; "" if it did not.
    classes:    the text labels of the training data, in the order of the model's outputs; None if targets were numbers.
    kept_epoch: the epoch whose parameters EarlyStopping restored at the end; None if it restored none.
    histograms: the recorded histograms of the parameters by name, one per epoch: (counts, lowest, highest).

    >>> from optim import History
    >>> history = History()
    >>> history.append({"epoch": 1, "loss": 0.5})
    >>> history["loss"], len(history)
    ([0.5], 1)
    >>> "loss" in history, dict(history)
    (True, {'epoch': [1], 'loss': [0.5]})
    >>> print(history)
    epoch  loss
        1   0.5
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []
        self.histograms: dict[str, list[Histogram]] = {}
        self.stopped = ""
        self.kept_epoch: int | None = None
        self.classes: list[str] | None = None

    def append(self, row: dict[str, float]) -> None:
        """Add the numbers of an epoch."""
        self.rows.append(row)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.rows[0]) if self.rows else []

    def __getitem__(self, column: str) -> list[float]:
        if column not in self.columns:
            raise KeyError(f"there is no column {column!r}; the columns are {', '.join(self.columns) or '(none yet)'}")
        return [row[column] for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __contains__(self, column: object) -> bool:
        return column in self.columns

    def get(self, column: str, default: Any = None) -> Any:
        """A column, or the default if there is none of this name."""
        return self._as_dict().get(column, default)

    def keys(self) -> KeysView[str]:
        """The names of the columns."""
        return self._as_dict().keys()

    def values(self) -> ValuesView[list[float]]:
        """The columns."""
        return self._as_dict().values()

    def items(self) -> ItemsView[str, list[float]]:
        """The columns with their names."""
        return self._as_dict().items()

    def _as_dict(self) -> dict[str, list[float]]:
        return {column: self[column] for column in self.columns}

    def layers(self, record: str) -> dict[str, list[float]]:
        """The columns of single parameters by parameter name.

        record: "gradient_norm" or "update_ratio".

        >>> from optim import History
        >>> history = History()
        >>> history.append({"epoch": 1, "gradient_norm 0.weight": 0.25})
        >>> history.layers("gradient_norm")
        {'0.weight': [0.25]}
        """
        return {column.split(" ", 1)[1]: self[column] for column in self.columns if column.startswith(f"{record} ")}

    # As text

    def __repr__(self) -> str:
        if not self.rows:
            return "History(no epochs)"
        last = ", ".join(f"{name} {value:.4g}" for name, value in self.rows[-1].items() if name != "epoch")
        return f"History({len(self)} epochs; last: {last})"

    def __str__(self) -> str:
        cells = self._cells()
        widths = [max(map(len, column)) for column in zip(*cells)]
        return "\n".join("  ".join(map(str.rjust, row, widths)) for row in cells) or "no epochs"

    def _repr_html_(self) -> str:
        import html

        head, *rows = [[html.escape(cell) for cell in row] for row in self._cells()] or [["no epochs"]]
        body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
        return f"<table><thead><tr><th>{'</th><th>'.join(head)}</th></tr></thead><tbody>{body}</tbody></table>"

    def _cells(self) -> list[list[str]]:
        """The header and the rows as text, without the columns of single parameters."""
        columns = [column for column in self.columns if " " not in column]
        rows = [[f"{row[column]:.4g}" if column != "epoch" else str(row[column]) for column in columns] for row in self.rows]
        if len(rows) > MAX_PRINTED_ROWS:
            rows[MAX_PRINTED_ROWS // 2 : -MAX_PRINTED_ROWS // 2] = [["…"] * len(columns)]
        return [columns, *rows] if columns else []

    # As files

    def save(self, path: str | Path) -> None:
        """Write all rows: as JSON if the path ends in .json, else as CSV."""
        if Path(path).suffix.lower() == ".json":
            import json

            content = {"rows": self.rows, "stopped": self.stopped, "histograms": self.histograms}
            atomic_files.write_text(path, json.dumps(content))
            return
        import csv

        with atomic_files.atomic_write(path) as temporary, open(temporary, "w", newline="") as file:
            csv.DictWriter(file, self.columns).writeheader()
            self.write(file, self.rows)

    def write(self, file: TextIO, rows: Iterable[Mapping[str, float]]) -> None:
        """Append rows to an open CSV file."""
        import csv

        csv.DictWriter(file, self.columns).writerows(rows)

    def to_tensorboard(self, folder: str | Path, overwrite: bool = False) -> None:
        """Write all columns and histograms as event files, which TensorBoard shows.

        folder:    the runs are folder/train and folder/validation; their curves have the epoch as step.
        overwrite: whether to delete the event files that the folder has; without it they raise FileExistsError.

        See the callback TensorBoard, which writes while the training runs.
        """
        from optim.training.event_files.epochs import write_history

        write_history(folder, self.rows, self.histograms, overwrite)

    # As figures

    def plot(self, path: str | Path) -> None:
        """Save `figure` to a file (needs matplotlib: pip install 'chainrule[plots]')."""
        _save(self.figure(), path)

    def figure(self) -> Any:
        """A matplotlib figure of loss, metrics, learning rate and the recorded statistics of the parameters over the epochs."""
        return plot_columns(self)

    def plot_histograms(self, path: str | Path) -> None:
        """Save `histogram_figure` to a file."""
        _save(self.histogram_figure(), path)

    def histogram_figure(self) -> Any:
        """A matplotlib figure of the distribution of each parameter over the epochs.

        Raises ValueError if no histograms are recorded.
        """
        return plot_histograms(self.histograms)


bind_foreign_attributes(History, ["history"])


def _save(figure: Any, path: str | Path) -> None:
    content = BytesIO()
    figure.savefig(content, format=Path(path).suffix.lstrip(".") or "png", dpi=150)
    atomic_files.write_bytes(path, content.getvalue())
