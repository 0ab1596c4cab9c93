"""The windows of pooling: where they lie along an axis, and the validation of their options."""

from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from autograd import ShapeError
from nn.functional.convolution import per_axis

#: Names of the last axes of an input, by their number.
AXIS_NAMES = {1: ("length",), 2: ("height", "width")}


class Windows(NamedTuple):
    """The windows along one axis: window i covers the elements stride · i − padding + dilation · k for k < kernel.

    Elements outside of the axis are padding.
    """

    kernel: int
    stride: int
    padding: int
    dilation: int
    size: int  # of the axis
    outputs: int  # the number of windows

    @property
    def extent(self) -> int:
        """The distance from the first to the last element of a window, plus 1."""
        return self.dilation * (self.kernel - 1) + 1

    def __repr__(self) -> str:
        options = {"kernel": self.kernel, "stride": self.stride, "padding": self.padding, "dilation": self.dilation}
        defaults = {"stride": self.kernel, "padding": 0, "dilation": 1}
        return f"Windows({', '.join(f'{k}={v}' for k, v in options.items() if v != defaults.get(k))})"

    def slices(self) -> list[tuple[slice, slice]]:
        """For each k: the windows whose element k is inside the axis, and these elements."""
        pairs = []
        for k in range(self.kernel):
            offset = self.dilation * k - self.padding
            start = max(0, -(offset // self.stride))
            stop = min(self.outputs, (self.size - 1 - offset) // self.stride + 1)
            if start < stop:
                first, last = start * self.stride + offset, (stop - 1) * self.stride + offset
                pairs.append((slice(start, stop), slice(first, last + 1, self.stride)))
        return pairs

    def is_tiling(self) -> bool:
        """Whether every element of the axis is in exactly one window, and no padding is."""
        return self.padding == 0 and self.kernel == self.stride == self.extent and self.outputs * self.kernel == self.size

    def is_inside(self) -> bool:
        """Whether no window contains padding."""
        return self.padding == 0 and (self.outputs - 1) * self.stride + self.extent <= self.size


@lru_cache(maxsize=256)
def slices(windows: Windows) -> list[tuple[slice, slice]]:
    """The slices of the windows along one axis, as `Windows.slices` gives them."""
    return windows.slices()


@lru_cache(maxsize=256)
def indices(windows: tuple[Windows, ...]) -> list[tuple[tuple, tuple]]:
    """For each position in a window over the last axes: the index of the windows that have it, and that of their elements."""
    pairs = product(*map(slices, windows))
    return [((..., *(w for w, _ in pair)), (..., *(x for _, x in pair))) for pair in pairs]


def pooling_options(
    owner: str, axes: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any = 1
) -> tuple[tuple[int, ...], ...]:
    """Kernel size, stride, padding and dilation for each axis; raises TypeError or ValueError if they are invalid."""
    kernel = per_axis(owner, "kernel_size", kernel_size, axes)
    steps = kernel if stride is None else per_axis(owner, "stride", stride, axes)
    padding = per_axis(owner, "padding", padding, axes, 0)
    dilation = per_axis(owner, "dilation", dilation, axes)
    options = {"kernel_size": kernel, "stride": steps, "padding": padding, "dilation": dilation}
    for name, numbers in options.items():
        if any(isinstance(number, tuple | list) for number in numbers):
            raise TypeError(f"{owner}: {name} must be one integer for each axis, not {numbers}")
    for size, pad in zip(kernel, padding):
        if pad > size // 2:
            raise ValueError(
                f"{owner}: padding must be at most half of the kernel, {size // 2} for kernel size {size}, not {pad}"
            )
    return kernel, steps, padding, dilation


@lru_cache(maxsize=256)
def pooling_windows(
    owner: str, shape: tuple[int, ...], options: tuple[tuple[int, ...], ...], ceil_mode: bool
) -> tuple[Windows, ...]:
    """The windows along each of the last axes of an input; raises ShapeError if a window is larger than the padded input.

    options: as `pooling_options` returns them.
    """
    windows = []
    axes = len(options[0])
    for name, size, kernel, stride, padding, dilation in zip(AXIS_NAMES[axes], shape[-axes:], *options):
        extent = dilation * (kernel - 1) + 1
        room = size + 2 * padding - extent
        if room < 0 or size == 0:
            spaced = f"kernel size {kernel}" + (f" with dilation {dilation}" if dilation > 1 else "")
            padded = f" and padding {padding}" if padding else ""
            raise ShapeError(
                f"{owner}: got an input of shape {shape}, expected a {name} of {max(1, extent - 2 * padding)} or more "
                f"for {spaced}{padded}"
            )
        count = -(-room // stride) + 1 if ceil_mode else room // stride + 1
        if ceil_mode and (count - 1) * stride >= size + padding:
            count -= 1  # the last window would begin in the padding at the end
        windows.append(Windows(kernel, stride, padding, dilation, size, count))
    return tuple(windows)
