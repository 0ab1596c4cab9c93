"""Read the idx files of MNIST and similar data sets, plain or compressed with gzip."""

import gzip
import math
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from optim.data.errors import DataFileError

#: The third byte of a file → the dtype of its numbers, big-endian.
TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CHUNK_BYTES = 2**20


def read_idx(path: str | Path) -> np.ndarray:
    """The array in an idx file: bytes 0, 0, type, d; then d sizes of 4 bytes; then the numbers, row by row.

    Files compressed with gzip are recognized by their content, not by their name.
    Raises DataFileError for other files, and for a file that is too short or too long.
    Format: LeCun, Cortes and Burges (1998), The MNIST database of handwritten digits.

    >>> import os, tempfile
    >>> from optim.data import read_idx
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "labels-idx1-ubyte")
    ...     with open(path, "wb") as file:
    ...         _ = file.write(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     read_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    path = Path(path)
    if not path.is_file():
        raise DataFileError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    try:
        with open(path, "rb") as raw:
            is_compressed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not is_compressed:
                return _read(raw, path.name)
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _read(unpacked, path.name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataFileError(f"{path.name}: the compressed file is truncated or damaged ({error})") from None
    except OSError as error:
        raise DataFileError(f"{path}: cannot be read ({error.strerror or error})") from None


def _read(file: IO[bytes] | gzip.GzipFile, name: str) -> np.ndarray:
    magic = file.read(4)
    if len(magic) < 4:
        raise DataFileError(f"{name}: an idx file has a header of at least 4 bytes, this file has {len(magic)} bytes")
    if magic[:2] != b"\0\0" or magic[2] not in TYPES:
        raise DataFileError(
            f"{name}: not an idx file; it must begin with 00 00 and a type from 08 to 0e, not with {magic.hex(' ')}"
        )
    if not 1 <= magic[3] <= 32:
        raise DataFileError(f"{name}: the header says {magic[3]} dimensions; 1 to 32 are supported")
    header = file.read(4 * magic[3])
    if len(header) < 4 * magic[3]:
        raise DataFileError(f"{name}: truncated in the header of {4 + 4 * magic[3]} bytes")
    dtype = np.dtype(TYPES[magic[2]])
    shape = tuple(np.frombuffer(header, ">u4").tolist())
    size = math.prod(shape) * dtype.itemsize
    content = f"{' × '.join(map(str, shape))} numbers of {dtype.itemsize} bytes"
    if math.prod(filter(None, shape)) * dtype.itemsize > np.iinfo(np.intp).max:
        raise DataFileError(f"{name}: the header says {content}, which exceeds the address space")
    # In chunks, because a damaged header may give a size that is far larger than the file.
    data = bytearray()
    while len(data) <= size and (chunk := file.read(min(CHUNK_BYTES, size + 1 - len(data)))):
        data += chunk
    if len(data) < size:
        raise DataFileError(f"{name}: truncated; the header says {content}, but the file has {len(data)} of {size} bytes")
    if len(data) > size:
        raise DataFileError(f"{name}: the header says {content}, but the file is longer")
    return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)
