"""Sequences of different lengths: padding and bucketing."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nn
import optim
from autograd import DataError, ShapeError
from optim.data import Buckets, DataLoader, PaddedSequences, pad_sequences

LENGTHS = st.lists(st.integers(0, 9), min_size=1, max_size=30)


@given(lengths=LENGTHS, extra=st.integers(0, 3), side=st.sampled_from(["left", "right"]), features=st.sampled_from([(), (2,)]))
def test_padding_keeps_every_element_and_fills_the_rest(lengths, extra, side, features):
    sequences = [np.random.default_rng(n).integers(1, 9, (n, *features)) for n in lengths]
    padded, counts = pad_sequences(sequences, max(lengths) + extra, value=-1, side=side)
    assert counts.tolist() == lengths
    assert padded.shape == (len(lengths), max(lengths) + extra, *features)
    for row, sequence, n in zip(padded, sequences, lengths):
        kept, filled = (row[:n], row[n:]) if side == "right" else (row[len(row) - n :], row[: len(row) - n])
        np.testing.assert_array_equal(kept, sequence)
        assert (filled == -1).all()


def test_padding_agrees_with_torch(torch):
    sequences = [np.arange(3.0), np.arange(5.0), np.arange(1.0)]
    expected = torch.nn.utils.rnn.pad_sequence([torch.tensor(x) for x in sequences], batch_first=True, padding_value=7.0)
    padded, _ = pad_sequences(sequences, value=7)
    np.testing.assert_array_equal(padded, expected.numpy())
    assert padded.dtype == np.float64


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: pad_sequences([]), DataError, "no sequences"),
        (lambda: pad_sequences([[1, 2, 3]], length=2), DataError, "sequence 0 has 3 elements, more than length=2"),
        (lambda: pad_sequences([[1], 2]), ShapeError, "sequence 1: an array .* got the single number 2"),
        (lambda: pad_sequences([[[1, 2]], [[1]]]), ShapeError, r"sequence 1 has shape \(1, 1\), sequence 0 \(1, 2\)"),
        (lambda: pad_sequences([[1]], side="pre"), ValueError, "side must be 'right' or 'left', got 'pre'"),
        (lambda: pad_sequences(["ab"]), DataError, "sequence 0: numbers expected"),
        (lambda: pad_sequences([[1], [2, 3]], value=0.5), DataError, "value: .* dtype, int64, expected, got 0.5"),
        (lambda: pad_sequences([[1], [2, 3]], value=np.nan), DataError, "value: .* dtype, int64, expected, got nan"),
        (lambda: pad_sequences([np.array([1], np.uint8)], value=-1), DataError, "value: .* dtype, uint8, expected, got -1"),
        (lambda: PaddedSequences([[1], [2, 3]], [0, 1], value=0.5), DataError, "^value: .* dtype, int64, expected"),
        (
            lambda: PaddedSequences([[1], [2, 3]], [[True], [True, False]]),
            DataError,
            "target_value: .* dtype, bool, expected, got -100",
        ),
        (lambda: PaddedSequences([[1], [2]], [1]), DataError, "2 sequences but 1 targets"),
        (lambda: PaddedSequences([[1], [2, 3]], [[1, 2], [2]]), DataError, r"sequence 0 has 1 elements, its target .* \(2,\)"),
        (lambda: Buckets([1.5]), DataError, r"lengths: integers \(n,\) expected, got float64"),
        (lambda: Buckets([1], pool=0), ValueError, "pool must be a number of batches"),
        (lambda: Buckets([1], size=0), ValueError, "size of a mini-batch"),
        (lambda: list(Buckets([1, 2]).batches(3, None)), DataError, "has 3 examples, but there are 2 lengths"),
    ],
)
def test_invalid_arguments_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@given(lengths=st.lists(st.integers(0, 50), min_size=1, max_size=80), size=st.integers(1, 9), pool=st.integers(1, 5))
def test_an_epoch_of_buckets_has_every_example_once(lengths, size, pool):
    buckets = Buckets(lengths, size, pool)
    batches = list(buckets.batches(len(lengths), np.random.default_rng(0)))
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert len(batches) == buckets.steps(len(lengths))
    assert all(len(batch) == size for batch in batches[:-1])


def test_buckets_need_little_padding_and_differ_from_epoch_to_epoch():
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 100, 1000)

    def padding(batches):
        return sum(int(lengths[batch].max() * len(batch) - lengths[batch].sum()) for batch in batches)

    first, second = (list(Buckets(lengths, 20).batches(1000, rng)) for _ in range(2))
    assert padding(first) < padding(optim.MiniBatch(20).batches(1000, rng)) / 10
    assert [batch.tolist() for batch in first] != [batch.tolist() for batch in second]


def test_a_loader_gives_padded_batches_and_a_model_learns_from_them():
    rng = np.random.default_rng(0)
    sequences = [rng.integers(1, 5, rng.integers(1, 9)) for _ in range(200)]
    labels = np.array([int((x == 3).any()) for x in sequences])
    data = PaddedSequences(sequences, labels)
    loader = DataLoader(data, Buckets(data.lengths, 20), rng=0)
    shapes = [inputs.shape for inputs, _ in loader]
    assert len(shapes) == len(loader) == 10
    assert max(width for _, width in shapes) > min(width for _, width in shapes)

    class AnyThree(nn.Module):
        def __init__(self):
            self.embed, self.out = nn.Embedding(5, 4, padding_idx=0, rng=0), nn.Linear(4, 2, rng=1)

        def forward(self, x):
            return self.out(self.embed(x).max(axis=1))

    model = AnyThree()
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    history = optim.fit(model, nn.CrossEntropyLoss(), loader, optimizer=optimizer, epochs=20, progress=False)
    assert history["loss"][-1] < 0.1


def test_target_sequences_are_padded_by_a_value_of_their_own():
    data = PaddedSequences([[1, 2], [3]], [[4, 5], [6]])
    inputs, targets = data[:]
    assert inputs.tolist() == [[1, 2], [3, 0]]
    assert targets.tolist() == [[4, 5], [6, -100]]
    assert data[1][1].tolist() == [[6]]
