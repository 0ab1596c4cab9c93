"""The rows of a history as events: training and validation values in two folders, which TensorBoard overlays."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from optim.training.event_files.event_file import EventFolder, summary_event
from optim.training.event_files.summaries import counted_histogram, scalar

TRAIN, VALIDATION = "train", "validation"
_PREFIX = f"{VALIDATION}_"


def row_scalars(row: Mapping[str, float]) -> dict[str, list[bytes]]:
    """The values of an epoch by folder; columns of single parameters are grouped: "gradient_norm 0.weight" → gradient_norm/…

    >>> from optim.training.event_files.epochs import row_scalars
    >>> {folder: len(values) for folder, values in row_scalars({"epoch": 1, "loss": 0.5, "validation_loss": 0.6}).items()}
    {'train': 1, 'validation': 1}
    """
    values: dict[str, list[bytes]] = {}
    for column, value in row.items():
        if column != "epoch":
            folder = VALIDATION if column.startswith(_PREFIX) else TRAIN
            tag = column.removeprefix(_PREFIX).replace(" ", "/", 1)
            values.setdefault(folder, []).append(scalar(tag, value))
    return values


def write_history(
    folder: str | Path,
    rows: Sequence[Mapping[str, float]],
    histograms: Mapping[str, Sequence[tuple[Sequence[int], float, float]]],
    overwrite: bool = False,
) -> None:
    """Write the rows of a history, and its histograms (counts, lowest, highest) by parameter, to event files.

    Raises FileExistsError for a folder that has event files, unless overwrite.
    """
    folders = {name: EventFolder(Path(folder) / name) for name in (TRAIN, VALIDATION)}
    existing = [path for event_folder in folders.values() for path in event_folder.files()]
    if existing and not overwrite:
        raise FileExistsError(f"{folder} contains event files; choose another folder, or give overwrite=True")
    for event_folder in folders.values():
        event_folder.delete()
    events: dict[str, list[bytes]] = {name: [] for name in folders}
    for i, row in enumerate(rows):
        values = row_scalars(row)
        for name, of_epochs in histograms.items():
            if i < len(of_epochs):
                values.setdefault(TRAIN, []).append(counted_histogram(f"weights/{name}", *of_epochs[i]))
        for name, of_folder in values.items():
            events[name].append(summary_event(int(row["epoch"]), *of_folder))
    for name, of_folder in events.items():
        folders[name].append(of_folder)
