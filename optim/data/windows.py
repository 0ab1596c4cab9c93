"""Windows over a long sequence, for language models and time series."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError
from autograd.extend import suggest_names
from optim.data.datasets import as_array
from optim.data.finite import check_finite
from optim.validation import is_whole


class Windows:
    """A data set of windows over a sequence: inputs x[i : i + length], targets x[i + shift : i + shift + length].

    sequence: (T,) tokens or values, or (T, features); it may be on disk (`np.load(path, mmap_mode="r")`).
    length:   elements of a window.
    step:     distance between the beginnings of neighboring windows; step=length for windows that do not overlap.
    shift:    distance from an input to its target: 1 to predict the next element at each position.

    `inputs` and `targets` are views of the sequence, (n, length, …) with n = ⌊(T − length − shift) / step⌋ + 1; only the rows
    of a batch are copied. Elements after the last whole window are not used.

    Raises DataError for a sequence that is not numbers, is not finite, or is shorter than length + shift.
    Keras's timeseries_dataset_from_array, whose targets are given apart; PyTorch's Tensor.unfold gives such views.

    >>> import numpy as np
    >>> from optim.data import Windows
    >>> data = Windows(np.arange(6), length=3)
    >>> len(data), data.inputs.tolist(), data.targets.tolist()
    (3, [[0, 1, 2], [1, 2, 3], [2, 3, 4]], [[1, 2, 3], [2, 3, 4], [3, 4, 5]])
    """

    @suggest_names
    def __init__(self, sequence: ArrayLike, length: int, step: int = 1, shift: int = 1):
        array = as_array(sequence, "sequence")
        for name, value, least in (("length", length, 1), ("step", step, 1), ("shift", shift, 0)):
            if not is_whole(value) or value < least:
                raise ValueError(f"{name} must be an integer, {least} or more, got {value!r}")
        if not array.ndim:
            raise DataError(f"sequence: a sequence (T, …) expected, got the single number {array}")
        if len(array) < length + shift:
            shifted = f" with targets shifted by {shift}" if shift else ""
            raise DataError(
                f"a window of length {length}{shifted} takes {length + shift} elements, the sequence has {len(array)}"
            )
        if array.dtype.kind == "f":
            check_finite(array)
        self.length, self.step, self.shift = int(length), int(step), int(shift)
        self.in_memory = not isinstance(array, np.memmap)
        views = np.lib.stride_tricks.sliding_window_view(array, self.length + self.shift, axis=0)[:: self.step]
        windows = np.moveaxis(views, -1, 1)
        self.inputs, self.targets = windows[:, : self.length], windows[:, self.shift :]

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, indices: Any) -> tuple[np.ndarray, np.ndarray]:
        return self.inputs[indices], self.targets[indices]

    def __repr__(self) -> str:
        return f"Windows({len(self)} windows of length {self.length}, step={self.step}, shift={self.shift})"
