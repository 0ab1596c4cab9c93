"""The values of an event as protocol buffers: scalars, histograms, images, texts and hyperparameters.

The messages are Summary.Value, HistogramProto, SummaryMetadata and HParamsPluginData of tensorboard/compat/proto and
tensorboard/plugins/hparams; the comments name their fields.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optim.training.event_files.png import as_png, size_of
from optim.training.event_files.protobuf import double, float32_bits, integer, message, text

BUCKETS = 30
START_TAG, END_TAG = "_hparams_/session_start_info", "_hparams_/session_end_info"
DT_FLOAT, DT_STRING = 1, 7
TENSOR_CLASS = 2  # DATA_CLASS_TENSOR
SUCCESS, FAILURE = 1, 2


def scalar(tag: str, value: Any) -> bytes:
    """A number, rounded to float32; nan and infinity stay."""
    with np.errstate(over="ignore"):
        bits = np.float32(value).astype("<f4").tobytes()
    return message(1, text(1, tag), float32_bits(2, bits))  # tag, simple_value


def histogram(tag: str, values: Any, buckets: int = BUCKETS) -> bytes:
    """The counts of the finite values in buckets of equal width; b"" if no value is finite."""
    array = np.ravel(values)
    if array.dtype.kind == "c":
        array = np.abs(array)
    array = array.astype(np.float64)
    array = array[np.isfinite(array)]
    if not array.size:
        return b""
    with np.errstate(over="ignore"):
        return _histogram(tag, *count_in_buckets(array, buckets), float(array.sum()), float((array * array).sum()))


def counted_histogram(tag: str, counts: Sequence[int], low: float, high: float) -> bytes:
    """A histogram whose values are counted in buckets of equal width; its moments are those of the centers of the buckets."""
    edges, weights = np.linspace(low, high, len(counts) + 1), np.asarray(counts, float)
    centers = (edges[:-1] + edges[1:]) / 2
    return _histogram(tag, edges, weights, float((weights * centers).sum()), float((weights * centers**2).sum()))


def _histogram(tag: str, edges: np.ndarray, counts: np.ndarray, total: float, total_of_squares: float) -> bytes:
    """A HistogramProto: min, max, num, sum, sum_squares, bucket_limit (the right edges) and bucket."""
    numbers = edges[0], edges[-1], counts.sum(), total, total_of_squares
    content = (
        *(double(number, value) for number, value in enumerate(numbers, start=1)),
        message(6, edges[1:].astype("<f8").tobytes()),
        message(7, counts.astype("<f8").tobytes()),
    )
    return message(1, text(1, tag), message(5, *content))  # tag, histo


def count_in_buckets(values: np.ndarray, buckets: int) -> tuple[np.ndarray, np.ndarray]:
    """The edges of buckets of equal width from the lowest to the highest value, and the counts of the values in them.

    Values that are all equal are counted in the last bucket, as in TensorBoard. np.histogram raises for values that are almost
    equal, and for those whose range is not a float.
    """
    low, high = values.min(), values.max()
    position = np.linspace(0.0, 1.0, buckets + 1)
    edges = np.maximum.accumulate(np.clip(low * (1 - position) + high * position, low, high))
    edges[-1] = high
    indices = np.searchsorted(edges, values, side="right") - 1
    return edges, np.bincount(np.minimum(indices, buckets - 1), minlength=buckets)


def image(tag: str, value: Any) -> bytes:
    """An image, see `as_png`."""
    png = as_png(value)
    height, width = size_of(png)
    content = integer(1, height), integer(2, width), integer(3, 3), message(4, png)  # height, width, colorspace, encoded
    return message(1, text(1, tag), message(4, *content))  # tag, image


def text_value(tag: str, value: str) -> bytes:
    """A text, in Markdown."""
    shape = message(2, message(2, integer(1, 1)))  # tensor_shape: one axis of size 1
    tensor = message(8, integer(1, DT_STRING), shape, message(8, value.encode()))  # dtype, tensor_shape, string_val
    return message(1, text(1, tag), _metadata("text", b""), tensor)


def session_start(hyperparameters: Mapping[str, Any], time: float) -> bytes:
    """The hyperparameters at the begin of a training, for the tab HParams."""
    entries = (message(1, text(1, name), message(2, _as_value(value))) for name, value in hyperparameters.items())
    return _session(START_TAG, message(3, *entries, double(5, time)))  # session_start_info: hparams, start_time_secs


def session_end(status: int, time: float) -> bytes:
    """The end of a training, with SUCCESS or FAILURE."""
    return _session(END_TAG, message(4, integer(1, status), double(2, time)))  # session_end_info: status, end_time_secs


def _session(tag: str, content: bytes) -> bytes:
    empty = message(8, integer(1, DT_FLOAT), message(2, message(2, integer(1, 0))))  # a tensor without elements
    return message(1, text(1, tag), _metadata("hparams", content), empty)


def _metadata(plugin: str, content: bytes) -> bytes:
    return message(9, message(1, text(1, plugin), message(2, content)), integer(4, TENSOR_CLASS))


def _as_value(value: Any) -> bytes:
    """A google.protobuf.Value: a bool, a number, or the text of anything else."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return integer(4, value)
    return double(2, value) if isinstance(value, int | float) else text(3, str(value))
