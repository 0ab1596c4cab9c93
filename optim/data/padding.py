"""Sequences of different lengths: padding, and batches of similar lengths."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError, ShapeError
from autograd.extend import suggest_names
from optim.data.batching import MiniBatch
from optim.data.datasets import as_array


@suggest_names
def pad_sequences(
    sequences: Sequence[ArrayLike], length: int | None = None, value: float = 0, side: str = "right"
) -> tuple[np.ndarray, np.ndarray]:
    """Join sequences of different lengths into one array (n, length, …); returns it with the lengths (n,).

    sequences: arrays (Lᵢ,) or (Lᵢ, features) of one dtype.
    length:    elements of each row; by default those of the longest sequence.
    value:     the padding.
    side:      "right" to pad after the end, "left" to pad before the beginning.

    Raises DataError for a sequence that is longer than `length` and for a value that is none of the sequences' dtype,
    ShapeError for different features.
    PyTorch's pad_sequence(batch_first=True); Keras's pad_sequences, which pads on the left and truncates.

    >>> from optim.data import pad_sequences
    >>> padded, lengths = pad_sequences([[5, 6, 7], [8]])
    >>> padded.tolist(), lengths.tolist()
    ([[5, 6, 7], [8, 0, 0]], [3, 1])
    """
    if side not in ("right", "left"):
        raise ValueError(f"side must be 'right' or 'left', got {side!r}")
    arrays = [as_array(sequence, f"sequence {i}") for i, sequence in enumerate(sequences)]
    if not arrays:
        raise DataError("there are no sequences to pad")
    _check_features(arrays)
    lengths = np.array([len(array) for array in arrays], np.int64)
    size = int(lengths.max()) if length is None else length
    if lengths.max() > size:
        i = int(lengths.argmax())
        raise DataError(f"sequence {i} has {lengths[i]} elements, more than length={length}; cut it, or split it by Windows")
    padding = _as_padding("value", value, arrays)
    padded = np.full((len(arrays), size, *arrays[0].shape[1:]), padding, padding.dtype)
    for row, array in zip(padded, arrays):
        start = 0 if side == "right" else size - len(array)
        row[start : start + len(array)] = array
    return padded, lengths


def _as_padding(name: str, value: float, arrays: list[np.ndarray]) -> np.ndarray:
    """The padding in the common dtype of arrays; raises DataError if it is no value of that dtype, such as 0.5 of integers."""
    dtype = np.result_type(*{array.dtype for array in arrays if len(array)} or {arrays[0].dtype})
    with np.errstate(all="ignore"):
        padding = np.asarray(value).astype(dtype)
    if dtype.kind != "f" and padding != value:
        raise DataError(f"{name}: a value of the sequences' dtype, {dtype}, expected, got {value!r}")
    return padding


def _check_features(arrays: list[np.ndarray]) -> None:
    for i, array in enumerate(arrays):
        if not array.ndim:
            raise ShapeError(f"sequence {i}: an array (L, …) expected, got the single number {array}")
        if array.shape[1:] != arrays[0].shape[1:]:
            raise ShapeError(
                f"sequence {i} has shape {array.shape}, sequence 0 {arrays[0].shape}; axes after the first must be equal"
            )


class PaddedSequences:
    """A data set of sequences of different lengths: each batch is padded to the longest of its sequences.

    sequences: arrays (Lᵢ,) or (Lᵢ, features).
    targets:   an array of n rows, or n sequences, which are padded by `target_value`.
    value:     the padding of the inputs. A model finds the end of a sequence by it, as Embedding(padding_idx=0) does.
    target_value: the padding of targets, such as the `ignore_index` of a loss.

    `lengths` has the length of each sequence, by which `Buckets` forms batches. Raises DataError if the numbers of sequences
    and targets differ, if a sequence and its target sequence have different lengths, or if the dtype has no such padding.

    >>> from optim.data import PaddedSequences
    >>> data = PaddedSequences([[5, 6, 7], [8], [9, 9]], [0, 1, 1])
    >>> inputs, targets = data[[1, 2]]
    >>> inputs.tolist(), targets.tolist()
    ([[8, 0], [9, 9]], [1, 1])
    """

    in_memory = True

    def __init__(
        self,
        sequences: Sequence[ArrayLike],
        targets: Sequence[ArrayLike] | ArrayLike,
        value: float = 0,
        target_value: float = -100,
    ):
        self.sequences = [as_array(sequence, f"sequence {i}") for i, sequence in enumerate(sequences)]
        _check_features(self.sequences)
        if self.sequences:
            _as_padding("value", value, self.sequences)
        self.lengths = np.array([len(sequence) for sequence in self.sequences], np.int64)
        self.targets: Any = [as_array(target, f"target {i}") for i, target in enumerate(targets)]  # type: ignore[arg-type]
        self.value, self.target_value = value, target_value
        if len(self.targets) != len(self.sequences):
            raise DataError(f"{len(self.sequences)} sequences but {len(self.targets)} targets; each sequence needs a target")
        self._pads_targets = len({target.shape for target in self.targets}) > 1
        if self._pads_targets:
            for i, (sequence, target) in enumerate(zip(self.sequences, self.targets)):
                if not target.ndim or len(sequence) != len(target):
                    raise DataError(f"sequence {i} has {len(sequence)} elements, its target has shape {target.shape}")
            _as_padding("target_value", target_value, self.targets)
        else:
            self.targets = np.stack(self.targets) if self.targets else np.empty(0)

    def __len__(self) -> int:
        return len(self.sequences)

    def __getitem__(self, indices: Any) -> tuple[np.ndarray, np.ndarray]:
        rows = np.atleast_1d(np.arange(len(self))[indices])
        inputs, _ = pad_sequences([self.sequences[i] for i in rows], value=self.value)
        if not self._pads_targets:
            return inputs, self.targets[rows]
        return inputs, pad_sequences([self.targets[i] for i in rows], value=self.target_value)[0]

    def __repr__(self) -> str:
        longest = int(self.lengths.max(initial=0))
        return f"PaddedSequences({len(self)} sequences of up to {longest} elements, value={self.value})"


class Buckets(MiniBatch):
    """Mini-batches of sequences of similar lengths, so that little padding is needed; shuffled anew in every epoch.

    lengths: the length of each example, such as `PaddedSequences.lengths`.
    size:    examples per batch.
    pool:    batches that are sorted by length together: the larger, the less padding and the less random the batches.

    The examples are shuffled and cut into pools of `pool` · `size` examples. Each pool is sorted by length and cut into
    batches, and the batches are shuffled; one that is smaller than the others is the last. In evaluation the order is that of
    the data. torchtext's BucketIterator; bucket_by_sequence_length of tf.data, which Keras uses, has fixed boundaries.

    >>> import numpy as np
    >>> from optim.data import Buckets
    >>> lengths = np.array([9, 1, 8, 2, 9, 1])
    >>> sorted(lengths[batch].tolist() for batch in Buckets(lengths, size=2).batches(6, np.random.default_rng(0)))
    [[1, 1], [2, 8], [9, 9]]
    """

    def __init__(self, lengths: ArrayLike, size: int = 32, pool: int = 50):
        super().__init__(size)
        self.lengths = as_array(lengths, "lengths")
        if self.lengths.ndim != 1 or self.lengths.dtype.kind not in "iu":
            raise DataError(f"lengths: integers (n,) expected, got {self.lengths.dtype} of shape {self.lengths.shape}")
        if not isinstance(pool, int | np.integer) or pool < 1:
            raise ValueError(f"pool must be a number of batches, 1 or more, got {pool!r}")
        self.pool = int(pool)

    def batches(self, n: int, rng: "np.random.Generator") -> Iterator[np.ndarray]:
        """The indices of each batch; raises DataError unless there are n lengths."""
        if n != len(self.lengths):
            raise DataError(f"Buckets: the data set has {n} examples, but there are {len(self.lengths)} lengths")
        assert self.size is not None
        order, batches = rng.permutation(n), []  # only the last pool can end with a smaller batch
        for start in range(0, n, self.size * self.pool):
            pool = order[start : start + self.size * self.pool]
            pool = pool[np.argsort(self.lengths[pool], kind="stable")]
            batches += [pool[i : i + self.size] for i in range(0, len(pool), self.size)]
        complete = n // self.size
        yield from (batches[i] for i in rng.permutation(complete))
        yield from batches[complete:]

    def __repr__(self) -> str:
        return f"Buckets({len(self.lengths)} lengths, size={self.size}, pool={self.pool})"
