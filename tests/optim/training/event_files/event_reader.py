"""Event files read by TensorBoard's own code."""

import pytest

pytest.importorskip("tensorboard")

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

EVERYTHING = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}  # no event is left out of a sample


def read(folder):
    """An EventAccumulator with all events of a folder."""
    accumulator = EventAccumulator(str(folder), EVERYTHING)
    accumulator.Reload()
    return accumulator


def curve(folder, tag):
    """The steps and the values of a tag."""
    events = read(folder).Scalars(tag)
    return [event.step for event in events], [event.value for event in events]


def values(folder):
    """All values in the files of a folder by tag, as TensorBoard's server has them: tensors."""
    events = [event for path in sorted(folder.glob("*tfevents*")) for event in EventFileLoader(str(path)).Load()]
    return {value.tag: value for event in events for value in event.summary.value}
