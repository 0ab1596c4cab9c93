"""Read npz files: plain arrays, whose sizes are verified before memory is allocated for them."""

import math
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np

#: The arrays of a file may have this many bytes, or this many times the size of the file.
FREE_BYTES, MAX_RATIO = 2**28, 100
#: The comment of the archives that this library writes, followed by the layout of the weights in it.
COMMENT = b"layout: "
PLAIN_KINDS = "biufcSUMm"  # all but objects and records


def load_arrays(path: str | Path, kinds: str = "biuf") -> dict[str, np.ndarray]:
    """The arrays of an npz file by name.

    kinds: the allowed kinds of dtypes, as NumPy's dtype.kind; never objects.

    Raises ValueError, or another error a file that is damaged or has other content, and ValueError for a file whose arrays
    would need more memory than its size explains: more than 256 MiB and more than 100 times the size of the file.

    >>> import os, tempfile
    >>> import numpy as np
    >>> from autograd.utils.npz_files import load_arrays
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(os.path.join(folder, "w.npz"), w=np.arange(3.0))
    ...     load_arrays(os.path.join(folder, "w.npz"))
    {'w': array([0., 1., 2.])}
    """
    return unpack_arrays(Path(path).read_bytes(), kinds)


def unpack_arrays(content: bytes, kinds: str = "biuf") -> dict[str, np.ndarray]:
    """The arrays in the content of an npz file, see `load_arrays`."""
    from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile  # imported here because most programs read no npz file

    arrays: dict[str, np.ndarray] = {}
    with ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        check_size(sum(entry.file_size for entry in entries), len(content))
        for entry in entries:
            name = entry.filename.removesuffix(".npy")
            is_array = name != entry.filename and name not in arrays and entry.compress_type in (ZIP_STORED, ZIP_DEFLATED)
            if not is_array or not (entry.filename.isascii() or entry.flag_bits & 0x800):  # the flag marks a name in UTF-8
                raise ValueError(f"unexpected entry {entry.filename!r:.60}")
            try:
                with archive.open(entry) as file:
                    arrays[name] = _read_array(file, entry.file_size, kinds)
            except Exception as error:  # zipfile and numpy.lib.format raise errors of many types on damaged files
                raise ValueError(f"array {name!r:.60}: {error!s:.160}") from None
    end = len(content) - len(archive.comment)
    count = int.from_bytes(content[end - 12 : end - 10], "little")  # a damaged directory may omit entries
    if count != min(len(arrays), 0xFFFF):
        raise ValueError(f"the directory announces {count} entries, the archive has {len(arrays)}")
    return arrays


def check_size(size: int, file_size: int) -> None:
    """Raise ValueError for arrays of `size` bytes that a file of `file_size` bytes does not explain."""
    if size > max(FREE_BYTES, MAX_RATIO * file_size):
        raise ValueError(
            f"its arrays need {size} bytes, more than {MAX_RATIO} times the {file_size} bytes of the file; "
            "if you trust it, read it with np.load and save it without compression"
        )


def _read_array(file: IO[bytes], size: int, kinds: str) -> np.ndarray:
    """The array of an npy file of `size` bytes, in memory of its own; the checksum is verified at the end of the file."""
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    version = np.lib.format.read_magic(file)
    if version not in readers:
        raise ValueError(f"version {version} of the npy format")
    shape, fortran, dtype = readers[version](file)
    rest = size - file.tell()
    if dtype.kind not in kinds:
        raise ValueError(f"dtype {dtype}, which is not one of the allowed kinds {kinds!r}")
    if math.prod(shape) * dtype.itemsize != rest or min(shape, default=0) < 0:
        raise ValueError(f"{rest} bytes for an array of {dtype}, shape {shape}")
    content = file.read(rest)
    if len(content) != rest or file.read(1):
        raise ValueError(f"{len(content)} bytes for an array of {dtype}, shape {shape}")
    return np.ndarray(shape, dtype, content, order="F" if fortran else "C").astype(dtype.newbyteorder("="))
