"""Tensors of ONNX files as arrays. Sizes are compared with the bytes that are there before memory is allocated."""

import math
import os
import stat
from typing import Any

import numpy as np

from nn.interchange.model_classes import ModelFileError
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.values import is_native

#: Bits of an element by number of the type in TensorProto.DataType; strings have none.
BITS = {1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128}
BITS |= {16: 16, **dict.fromkeys((17, 18, 19, 20, 24), 8), **dict.fromkeys((21, 22, 23), 4), 25: 2, 26: 2, 27: 6, 28: 6}
STRING = 8
#: Numbers in the typed field of an element: complex ones have two; several of the smallest share one.
NUMBERS = {14: 2, 15: 2}
PACKED = {21: 2, 22: 2, 23: 2, 25: 4, 26: 4}
FIELDS = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data", "string_data")


class TensorReader:
    """Reads the tensors of a model; the data of a tensor may stand in other files of the model's folder.

    folder: the model's folder, or None if there is none.
    """

    def __init__(self, folder: str | None):
        self._folder = folder
        self._blocks: dict[tuple[str, int, int], np.ndarray] = {}  # by path, offset and length
        self._bytes_read: dict[str, int] = {}

    def read(self, tensor: Any) -> np.ndarray:
        """The array of a TensorProto; raises ModelFileError if its parts contradict each other."""
        from onnx import helper, numpy_helper

        name = f"tensor {tensor.name!r:.60}"
        shape = _shape(name, tensor.dims)
        if tensor.HasField("segment"):
            raise ModelFileError(f"{name} has segments, which are not supported")
        if tensor.data_type != STRING and tensor.data_type not in BITS:
            raise ModelFileError(f"{name} has the unknown type {tensor.data_type}")
        count = math.prod(shape)
        length = -(-count * BITS.get(tensor.data_type, 0) // 8)
        raw: np.ndarray | None
        if tensor.data_location == tensor.EXTERNAL:
            if tensor.data_type == STRING:
                raise ModelFileError(f"{name}: strings cannot stand in another file")
            raw = self._external_data(name, tensor, length)
        else:
            _check_count(name, tensor, count, length)
            raw = np.frombuffer(tensor.raw_data, np.uint8) if tensor.HasField("raw_data") else None
        try:
            dtype = helper.tensor_dtype_to_np_dtype(tensor.data_type)
            if raw is not None and tensor.data_type not in PACKED and BITS.get(tensor.data_type) != 6:
                little_endian = dtype.newbyteorder("<") if is_native(dtype) else dtype
                return raw.view(little_endian).reshape(shape).astype(dtype, copy=False)
            if raw is not None and not tensor.HasField("raw_data"):
                twin = type(tensor)(dims=shape, data_type=tensor.data_type, raw_data=raw.tobytes())
                return numpy_helper.to_array(twin)
            return numpy_helper.to_array(tensor)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"{name} cannot be read: {error!s:.120}") from None

    def read_sparse(self, sparse: Any) -> np.ndarray:
        """The dense array of a SparseTensorProto."""
        name = f"sparse tensor {sparse.values.name!r:.60}"
        values, indices = self.read(sparse.values), self.read(sparse.indices)
        shape = check_size(_shape(name, sparse.dims), values.itemsize)
        dense = np.zeros(shape, values.dtype)
        try:
            if indices.ndim == 2:
                dense[tuple(indices.T)] = values
            else:
                dense.reshape(-1)[indices] = values
        except (IndexError, ValueError):
            raise ModelFileError(f"{name}: indices and values do not fit shape {list(shape)}") from None
        return dense

    def _external_data(self, name: str, tensor: Any, length: int) -> np.ndarray:
        """The bytes of a tensor whose data stand in another file."""
        entries = {entry.key: entry.value for entry in tensor.external_data}
        try:
            offset, stored = int(entries.get("offset", 0)), int(entries.get("length", length))
        except ValueError:
            raise ModelFileError(f"{name}: offset and length of its data must be integers") from None
        if stored != length or offset < 0:
            raise ModelFileError(f"{name}: {stored} bytes at {offset} are not the {length} bytes of its shape and type")
        path = self._path_of(name, entries.get("location", ""))
        size = os.path.getsize(path)
        if offset + length > size:
            raise ModelFileError(f"{name}: its data end at byte {offset + length} of a file of {size} bytes")
        block = self._blocks.get((path, offset, length))
        if block is None:
            self._bytes_read[path] = self._bytes_read.get(path, 0) + length
            if self._bytes_read[path] > size:
                raise ModelFileError(f"{name}: the tensors in {os.path.basename(path)!r:.60} overlap")
            with open(path, "rb") as file:
                file.seek(offset)
                block = np.fromfile(file, np.uint8, length)
            if len(block) < length:
                raise ModelFileError(f"{name}: {os.path.basename(path)!r:.60} is truncated")
            self._blocks[path, offset, length] = block
        return block

    def _path_of(self, name: str, location: str) -> str:
        """The path of a file in the model's folder; raises ModelFileError for any other file."""
        parts = location.replace("\\", "/").split("/")
        if self._folder is None or not location or "\0" in location or ".." in parts or ":" in location or not parts[0]:
            raise ModelFileError(f"{name}: its data must stand in a file of the model's folder, not in {location!r:.60}")
        folder = os.path.realpath(self._folder)
        path = os.path.join(folder, *parts)
        try:
            real_path, mode = os.path.realpath(path), os.stat(path).st_mode
        except (OSError, ValueError):
            raise ModelFileError(f"{name}: there is no file {location!r:.60} in the model's folder") from None
        if real_path != os.path.normpath(path):
            raise ModelFileError(f"{name}: {location!r:.60} is a symbolic link")
        if not stat.S_ISREG(mode):
            raise ModelFileError(f"{name}: {location!r:.60} is not a regular file")
        return path


def _shape(name: str, dims: Any) -> tuple[int, ...]:
    shape = tuple(dims)
    if len(shape) > 64 or any(size < 0 for size in shape) or math.prod(max(size, 1) for size in shape) >= 2**59:
        raise ModelFileError(f"{name} has the impossible shape {list(shape)!s:.80}")
    return shape


def _check_count(name: str, tensor: Any, count: int, length: int) -> None:
    """Raise ModelFileError unless the tensor has as many elements as its shape claims."""
    if tensor.HasField("raw_data"):
        claimed, stored, unit = length, len(tensor.raw_data), "bytes"
    else:
        stored, unit = sum(len(getattr(tensor, field)) for field in FIELDS), "numbers"
        claimed = -(-count // PACKED.get(tensor.data_type, 1)) * NUMBERS.get(tensor.data_type, 1)
    if claimed != stored:
        raise ModelFileError(f"{name}: {stored} {unit} are not those of shape {list(tensor.dims)!s:.80}, {claimed}")
