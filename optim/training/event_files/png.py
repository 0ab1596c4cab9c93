"""Images as PNG: arrays, figures, and objects that Jupyter displays."""

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Channels → the color type of PNG.
COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


def as_png(image: Any) -> bytes:
    """An image as PNG.

    image: an array of the shape (height, width) or (height, width, channels), with 1 channel (gray), 2 (gray, opacity), 3
           (red, green, blue) or 4 (with opacity), of integers from 0 to 255 or floats from 0 to 1. Or a matplotlib figure,
           PNG as bytes, or an object that Jupyter displays as PNG.

    Raises TypeError for anything else, and ValueError for an array of another shape or of values outside its range.

    >>> import numpy as np
    >>> from optim.training.event_files.png import as_png, size_of
    >>> size_of(as_png(np.zeros((2, 3))))
    (2, 3)
    """
    if isinstance(image, bytes | bytearray):
        if not image.startswith(SIGNATURE):
            raise ValueError(f"image: PNG expected, got {len(image)} bytes that begin with {bytes(image[:8])!r}")
        return bytes(image)
    if hasattr(image, "savefig"):
        file = BytesIO()
        image.savefig(file, format="png")
        return file.getvalue()
    if hasattr(image, "_repr_png_"):
        content = image._repr_png_()
        if not content:
            raise ValueError(f"image: this {type(image).__name__} cannot be drawn as PNG here")
        return content
    pixels = np.asarray(image.numpy() if hasattr(image, "numpy") else image)
    if pixels.dtype.kind not in "buif":
        raise TypeError(f"image: an array, a figure or PNG expected, got {type(image).__name__}")
    return _encode(_as_bytes(pixels))


def size_of(png: bytes) -> tuple[int, int]:
    """The height and the width of a PNG, in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return height, width


def _as_bytes(pixels: np.ndarray) -> np.ndarray:
    """An array of numbers as an array of bytes with three axes."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or pixels.shape[2] not in COLOR_TYPES or 0 in pixels.shape:
        hint = "; move the axis of the channels to the end" if pixels.ndim == 3 and pixels.shape[0] in COLOR_TYPES else ""
        raise ValueError(f"image: the shape (height, width) or (height, width, 1 to 4) expected, got {pixels.shape}{hint}")
    highest = 1 if pixels.dtype.kind in "bf" else 255
    if not (pixels.min() >= 0 and pixels.max() <= highest):  # nan is outside, too
        raise ValueError(
            f"image: {'floats from 0 to 1' if highest == 1 else 'integers from 0 to 255'} expected, "
            f"got values from {pixels.min():g} to {pixels.max():g}"
        )
    return np.rint(pixels * 255.0).astype(np.uint8) if highest == 1 else pixels.astype(np.uint8)


def _encode(pixels: np.ndarray) -> bytes:
    height, width, channels = pixels.shape
    head = struct.pack(">IIBBBBB", width, height, 8, COLOR_TYPES[channels], 0, 0, 0)
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # each row begins with the number of its filter, 0 for none
    rows[:, 1:] = pixels.reshape(height, -1)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
