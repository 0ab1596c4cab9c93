"""Records, messages and values of event files, against TensorBoard's own reader."""

import struct
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, strategies as st

pytest.importorskip("tensorboard")

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c as their_crc32c, masked_crc32c
from tensorboard.util.tensor_util import make_ndarray

from autograd import Tensor
from optim.training.event_files import summaries
from optim.training.event_files.event_file import EventFolder, summary_event
from optim.training.event_files.png import as_png
from optim.training.event_files.protobuf import fields, integer, varint
from optim.training.event_files.records import crc32c, masked_crc, read_records, record
from tests.optim.training.event_files.event_reader import curve, values

FLOATS = st.floats(width=64)


@given(st.binary(max_size=300))
def test_checksums_are_those_of_tensorboard(content):
    assert crc32c(content) == their_crc32c(content)
    assert struct.unpack("<I", masked_crc(content))[0] == masked_crc32c(content)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(1, 2**29 - 1))
def test_integers_are_read_back(value, number):
    assert list(fields(integer(number, value))) == [(number, value % 2**64)]
    event = event_pb2.Event.FromString(b"\x10" + varint(value))
    assert event.step == value


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_refused(content):
    try:
        list(fields(content))
    except ValueError as error:
        assert str(error).startswith("not a message")


@given(st.lists(st.binary(max_size=20), max_size=4), st.integers(0, 200), st.binary(max_size=30))
def test_records_before_damage_are_read(tmp_path_factory, contents, cut, tail):
    path = tmp_path_factory.mktemp("records") / "events"
    whole = b"".join(map(record, contents))
    path.write_bytes(whole[:cut] + tail if cut < len(whole) else whole)
    existing = list(read_records(path))
    assert existing == contents[: len(existing)]
    ends = np.cumsum([0, *(16 + len(content) for content in contents)])
    assert len(existing) >= sum(end <= cut for end in ends[1:])


@given(FLOATS)
def test_scalar_is_the_nearest_float32(value):
    parsed = summary_pb2.Summary.FromString(summaries.scalar("x", value))
    with np.errstate(over="ignore"):
        np.testing.assert_equal(parsed.value[0].simple_value, np.float32(value).item())


@given(st.lists(FLOATS, min_size=1, max_size=40), st.integers(1, 35))
def test_histogram_counts_every_finite_value_once(numbers, buckets):
    finite = np.array([number for number in numbers if np.isfinite(number)])
    message = summaries.histogram("w", np.array(numbers), buckets)
    if not finite.size:
        assert message == b""
        return
    histogram = summary_pb2.Summary.FromString(message).value[0].histo
    assert (histogram.min, histogram.max, histogram.num) == (finite.min(), finite.max(), finite.size)
    with np.errstate(over="ignore"):
        np.testing.assert_equal(histogram.sum, finite.sum())
        np.testing.assert_equal(histogram.sum_squares, (finite**2).sum())
    assert sum(histogram.bucket) == finite.size
    limits = [-np.inf, *histogram.bucket_limit]
    assert limits == sorted(limits)
    assert limits[-1] == finite.max()
    last = np.arange(buckets) == buckets - 1
    for i, count in enumerate(histogram.bucket):  # a value at the edge of two buckets is counted in the upper one
        left = finite.min() if i == 0 else limits[i]
        inside = (finite >= left) & ((finite < limits[i + 1]) | last[i])
        assert count == inside.sum()


@pytest.mark.parametrize(
    "numbers",
    [[1.0, np.nextafter(1, 2)], [-1.7e308, 1.7e308], [5e-324, 0.0], [3.0] * 4, [np.nan, np.inf, 2.0], [True, False], [1j, 2j]],
)
def test_histograms_that_numpy_refuses(numbers):
    histogram = summary_pb2.Summary.FromString(summaries.histogram("w", np.array(numbers))).value[0].histo
    assert sum(histogram.bucket) == histogram.num == np.isfinite(numbers).sum()


def test_histogram_of_equal_values_is_in_the_last_bucket_as_in_tensorboard():
    from tensorboard.plugins.histogram.summary_v2 import histogram_pb

    ours = summary_pb2.Summary.FromString(summaries.histogram("w", np.full(5, 3.0))).value[0].histo
    theirs = make_ndarray(histogram_pb("w", np.full(5, 3.0)).value[0].tensor)
    assert list(ours.bucket) == theirs[:, 2].tolist()


@given(st.integers(0, 1000), st.integers(2, 100))
def test_buckets_are_those_of_tensorboard(seed, size):
    from tensorboard.plugins.histogram.summary_v2 import histogram_pb

    numbers = np.random.default_rng(seed).normal(size=size)
    ours = summary_pb2.Summary.FromString(summaries.histogram("w", np.array(numbers))).value[0].histo
    theirs = make_ndarray(histogram_pb("w", np.array(numbers)).value[0].tensor)
    np.testing.assert_allclose(ours.bucket_limit, theirs[:, 1], rtol=1e-9, atol=1e-9)
    assert list(ours.bucket) == theirs[:, 2].tolist()


# Images and texts


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 1), (3, 5, 2), (3, 5, 3), (3, 5, 4)])
@pytest.mark.parametrize("dtype", ["float64", "float32", "uint8", "int64", "bool"])
def test_png_has_the_pixels_of_the_array(shape, dtype):
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(0)
    expected = rng.integers(0, 2 if dtype == "bool" else 256, shape)
    array = (expected / 255).astype(dtype) if dtype.startswith("float") else expected.astype(dtype)
    pixels = np.asarray(image.open(BytesIO(as_png(array))))
    assert pixels.reshape(shape).tolist() == (expected * (255 if dtype == "bool" else 1)).tolist()


def test_figures_tensors_and_pictures_are_images():
    pyplot = pytest.importorskip("matplotlib.figure")
    assert as_png(pyplot.Figure()).startswith(b"\x89PNG")
    assert as_png(Tensor(np.zeros((2, 2)))) == as_png(np.zeros((2, 2)))

    class Picture:
        def _repr_png_(self):
            return as_png(np.ones((2, 2)))

    assert as_png(Picture()) == as_png(bytearray(as_png(np.ones((2, 2)))))


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.zeros((3, 8, 8)), ValueError, "move the axis of the channels to the end"),
        (np.zeros((0, 4)), ValueError, "shape"),
        (np.zeros(4), ValueError, r"\(4,\)"),
        (np.full((2, 2), 1.5), ValueError, "floats from 0 to 1 expected, got values from 1.5 to 1.5"),
        (np.full((2, 2), np.nan), ValueError, "floats from 0 to 1"),
        (np.full((2, 2), 256), ValueError, "integers from 0 to 255"),
        (np.full((2, 2), -1), ValueError, "integers from 0 to 255"),
        (b"GIF89a", ValueError, "PNG expected"),
        ("path.png", TypeError, "an array, a figure or PNG expected, got str"),
    ],
)
def test_what_is_no_image_is_refused(image, error, message):
    with pytest.raises(error, match=message):
        as_png(image)


def test_a_picture_that_cannot_be_drawn_is_refused():
    class Picture:
        def _repr_png_(self):
            return None

    with pytest.raises(ValueError, match="Picture cannot be drawn"):
        as_png(Picture())


def test_text_image_and_hyperparameters_are_read_by_tensorboard(tmp_path):
    hparams = pytest.importorskip("tensorboard.plugins.hparams.metadata")
    given_values = {"lr": 0.5, "layers": np.int64(3), "bias": True, "optimizer": "SGD", "sizes": (2, 3)}
    folder = EventFolder(tmp_path)
    text, image = summaries.text_value("note", "**bold**"), summaries.image("eye", np.eye(3))
    folder.append([summary_event(4, text, image, summaries.session_start(given_values, 7.0))])
    folder.append([summary_event(5, summaries.session_end(summaries.FAILURE, 9.0))])
    written = values(tmp_path)
    assert make_ndarray(written["note"].tensor).tolist() == [b"**bold**"]
    assert make_ndarray(written["eye"].tensor).tolist()[:2] == [b"3", b"3"]
    content = written[hparams.SESSION_START_INFO_TAG].metadata.plugin_data.content
    start = hparams.parse_session_start_info_plugin_data(content)
    read_values = {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()}
    assert read_values == {"lr": 0.5, "layers": 3.0, "bias": True, "optimizer": "SGD", "sizes": "(2, 3)"}
    assert start.start_time_secs == 7.0
    end = hparams.parse_session_end_info_plugin_data(written[hparams.SESSION_END_INFO_TAG].metadata.plugin_data.content)
    assert (end.status, end.end_time_secs) == (2, 9.0)


# Folders


def test_a_new_session_discards_later_steps_and_a_partial_record(tmp_path):
    first = EventFolder(tmp_path)
    for step in range(1, 6):
        first.append([summary_event(step, summaries.scalar("loss", step))])
    [path] = first.files()
    content = path.read_bytes()
    path.write_bytes(content + record(summary_event(6, summaries.scalar("loss", 6.0)))[:-9])  # killed while it was written
    assert first.steps_of("loss") == {1, 2, 3, 4, 5}
    second = EventFolder(tmp_path)
    second.start_at(4)
    second.append([summary_event(4, summaries.scalar("loss", 40.0))])
    second.append([summary_event(5, summaries.scalar("loss", 50.0))])
    assert second.steps_of("loss") == {1, 2, 3, 4, 5}
    assert curve(tmp_path, "loss") == ([1, 2, 3, 4, 5], [1.0, 2.0, 3.0, 40.0, 50.0])
    assert len(second.files()) == 2


def test_files_are_in_order_although_the_clock_was_set_back(tmp_path, monkeypatch):
    for time in (100.0, 50.0, 200.0):
        monkeypatch.setattr("optim.training.event_files.event_file.time.time", lambda time=time: time)
        folder = EventFolder(tmp_path)
        folder.append([summary_event(int(time), summaries.scalar("loss", time))])
    assert curve(tmp_path, "loss")[0] == [100, 50, 200]


def test_files_of_other_programs_are_read_and_kept(tmp_path):
    event = event_pb2.Event(step=3, summary=summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag="loss", simple_value=2)]))
    (tmp_path / "events.out.tfevents.1700000000.host.1.0").write_bytes(record(event.SerializeToString()))
    folder = EventFolder(tmp_path)
    assert folder.steps_of("loss") == {3}
    folder.append([summary_event(4, summaries.scalar("loss", 1.0))])
    assert curve(tmp_path, "loss") == ([3, 4], [2.0, 1.0])


def test_a_file_that_has_no_events_has_no_steps(tmp_path):
    (tmp_path / "tfevents").write_bytes(record(b"\xff"))
    assert EventFolder(tmp_path).steps_of("loss") == set()
