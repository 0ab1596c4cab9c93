"""Weights that travel: state dicts as files, safetensors or npz, which hold numbers and no programs (no pickle).

A safetensors file is the length of its header (8 bytes, little-endian), the header (JSON: for every name dtype, shape
and where its bytes begin and end), and the bytes of all tensors without gaps.
"""

import math
import os
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np

from autograd import DataError, Tensor
from nn.module.module import Module
from nn.validation import brief

CODES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "BOOL": "|u1"}
CODES |= {f"{sign}{8 * n}": f"{'<' if n > 1 else '|'}{sign.lower()}{n}" for sign in "IU" for n in (8, 4, 2, 1)}
DTYPES = {dtype: code for code, dtype in CODES.items() if code not in ("BF16", "BOOL")} | {"|b1": "BOOL"}
CHECKSUM = "chainrule.crc32"


class WeightsFileError(ValueError):
    """A file of weights that is damaged or of another kind."""


def save(state: Module | Mapping[str, Any], path: str | os.PathLike[str], metadata: Mapping[str, str] | None = None) -> None:
    """Write a model's state dict to a file, whole or not at all: .safetensors, which many frameworks read, or .npz.

    metadata: text by name, kept beside the weights in a safetensors file.

    Raises ValueError for another suffix, DataError for values that are not numbers. A checksum among the metadata lets
    `load` notice a damaged file; who changes the weights with another program leaves it out.

    >>> import nn, tempfile, os
    >>> model = nn.Linear(2, 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save(model, os.path.join(folder, "w.safetensors"))
    ...     model.load_state_dict(nn.load(os.path.join(folder, "w.safetensors")))
    Mismatch(missing=[], unexpected=[])
    """
    from autograd.extend import atomic_files  # imported when first needed: most programs save nothing

    path, kind = os.fspath(path), _kind(path)
    arrays = _arrays(state)
    if kind == ".safetensors":
        content = _packed(arrays, {} if metadata is None else dict(metadata))
        with atomic_files.atomic_write(path) as temporary, open(temporary, "wb") as file:
            file.write(content)
    elif metadata:
        raise ValueError(f"{os.path.basename(path)}: an npz file holds no metadata; save as .safetensors")
    else:
        atomic_files.save_arrays(path, arrays)


def load(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Read the arrays of a .safetensors or .npz file by name, whoever wrote it; bfloat16 becomes float32.

    Raises WeightsFileError if the file is damaged or not of its kind, ValueError for another suffix.
    """
    return _read(path)[0]


def load_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read the texts that a .safetensors file keeps beside its weights; an npz file has none."""
    return _read(path)[1]


def _kind(path: str | os.PathLike[str]) -> str:
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in (".safetensors", ".npz"):
        raise ValueError(
            f"{os.path.basename(path)}: weights are kept in .safetensors or .npz files; "
            "what torch.load reads goes to nn.from_pytorch"
        )
    return suffix


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    unpack = _unpacked if _kind(path) == ".safetensors" else _unzipped
    with open(path, "rb") as file:
        content = file.read()
    try:
        return unpack(content)
    except WeightsFileError as error:
        raise WeightsFileError(f"{os.path.basename(path)}: {error}") from None
    except RecursionError:
        raise WeightsFileError(f"{os.path.basename(path)}: damaged, its header is nested too deeply") from None


def _arrays(state: Any) -> dict[str, np.ndarray]:
    """The arrays of a model or state dict, little-endian."""
    state = state.state_dict() if isinstance(state, Module) else state
    if not isinstance(state, Mapping):
        raise TypeError(f"what is saved is a module or its state_dict(), not {brief(state)}")
    arrays = {}
    for name, value in state.items():
        if not isinstance(name, str) or not _is_text(name) or name == "__metadata__":
            raise ValueError(f"weights cannot be saved under the name {name!r}")
        try:
            array = np.asarray(Tensor(value.data if isinstance(value, Tensor) else value).data)
        except DataError as error:
            raise DataError(f"{name}: {error}") from None
        little = array.dtype.newbyteorder("<")
        if little.str not in DTYPES:
            raise DataError(f"{name}: weights of dtype {array.dtype} cannot be saved; convert them with astype")
        arrays[name] = array.astype(little, copy=False)
    return arrays


def _checksum(arrays: Mapping[str, np.ndarray]) -> str:
    """CRC-32 of names, dtypes, shapes and bytes, in whatever order they are stored."""
    crc = 0
    for name in sorted(arrays):
        array = arrays[name]
        crc = zlib.crc32(f"{name} {array.dtype.str} {array.shape}".encode(), crc)
        crc = zlib.crc32(array.tobytes(), crc)
    return f"{crc:08x}"


def _packed(arrays: Mapping[str, np.ndarray], metadata: dict[str, str]) -> bytes:
    """A safetensors file."""
    import json

    if not all(isinstance(text, str) for pair in metadata.items() for text in pair):
        raise TypeError(f"metadata is text by name, not {brief(metadata)}")
    header: dict[str, Any] = {"__metadata__": metadata | {CHECKSUM: _checksum(arrays)}}
    header |= dict.fromkeys(arrays)
    blocks: list[bytes] = []
    end = 0
    # The widest numbers first, so that each tensor begins at a multiple of its item size.
    for name, array in sorted(arrays.items(), key=lambda item: -item[1].itemsize):
        blocks.append(array.tobytes())
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": DTYPES[array.dtype.str], "shape": list(array.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *blocks])


def _unpacked(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Arrays and metadata of a safetensors file, every byte of which is accounted for."""
    import json

    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > len(content) - 8:
        raise WeightsFileError(f"not a safetensors file, or cut off: {len(content)} bytes cannot hold a header of {length}")
    try:
        header = json.loads(content[8 : 8 + length].decode(), object_pairs_hook=_once)
    except ValueError as error:
        raise WeightsFileError(f"not a safetensors file, or damaged: its header is not JSON ({error!s:.80})") from None
    if not isinstance(header, dict):
        raise WeightsFileError("not a safetensors file: its header is not a JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise WeightsFileError("the metadata is not text by name")
    places = {name: _place(name, entry) for name, entry in header.items()}
    expected = 0
    for name, (begin, end) in sorted(places.items(), key=lambda item: item[1]):
        if begin != expected:
            raise WeightsFileError(f"tensor {name!r:.60} begins at byte {begin} of the data and not at {expected}")
        expected = end
    if expected != len(content) - 8 - length:
        raise WeightsFileError(f"cut off or too long: {expected} bytes of data promised, {len(content) - 8 - length} found")
    arrays = {name: _tensor(name, header[name], content, 8 + length + begin) for name, (begin, _) in places.items()}
    checksum = metadata.pop(CHECKSUM, None)
    if checksum is not None and checksum != _checksum(arrays):
        raise WeightsFileError("damaged: the weights are not those that were saved (their checksum differs)")
    return arrays, metadata


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a name that comes twice is an error."""
    found = dict(pairs)
    if len(found) < len(pairs) or not all(map(_is_text, found)):
        raise ValueError("a name comes twice or is not text")
    return found


def _is_text(name: str) -> bool:
    """Whether a name survives being written: it has no half characters (surrogates) and no end in the middle."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in name)


def _place(name: str, entry: Any) -> tuple[int, int]:
    """Where the bytes of a tensor begin and end, once its entry in the header makes sense."""
    match entry:
        case {"dtype": str(code), "shape": [*shape], "data_offsets": [begin, end]} if len(entry) == 3:
            sizes = [*shape, begin, end]
        case _:
            raise WeightsFileError(f"tensor {name!r:.60}: dtype, shape and data_offsets expected, found {entry!r:.80}")
    if code not in CODES:
        raise WeightsFileError(f"tensor {name!r:.60}: dtype {code!r:.20} is unknown here; known are {', '.join(CODES)}")
    if not all(type(size) is int and 0 <= size < 2**63 for size in sizes) or len(shape) > 64:
        raise WeightsFileError(f"tensor {name!r:.60}: shape {shape!r:.80} or offsets {[begin, end]!r:.80} are no sizes")
    needed = math.prod(shape) * np.dtype(CODES[code]).itemsize
    if end - begin != needed:
        raise WeightsFileError(f"tensor {name!r:.60}: {code} of shape {shape!r:.80} does not take {end - begin!r:.30} bytes")
    return begin, end


def _tensor(name: str, entry: dict[str, Any], content: bytes, offset: int) -> np.ndarray:
    """The tensor that begins at an offset of the file, in memory of its own."""
    code = entry["dtype"]
    try:
        array = np.ndarray(entry["shape"], CODES[code], content, offset)
    except (ValueError, OverflowError):
        raise WeightsFileError(f"tensor {name!r:.60}: shape {entry['shape']!r:.80} is more than NumPy can index") from None
    if code == "BF16":  # the upper half of a float32
        return np.asarray(array.astype(np.uint32) << 16).view(np.float32)
    if code == "BOOL":
        if array.size and array.max() > 1:
            raise WeightsFileError(f"tensor {name!r:.60}: a byte that is neither true nor false")
        return array.astype(bool)
    return array.astype(array.dtype.newbyteorder("="))


def _unzipped(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Arrays of an npz file. Every entry's checksum is compared before anything is made of it."""
    from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

    arrays = {}
    try:
        with ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                name = entry.filename.removesuffix(".npy")
                plain = name != entry.filename and name not in arrays and entry.compress_type in (ZIP_STORED, ZIP_DEFLATED)
                if not plain or not (entry.filename.isascii() or entry.flag_bits & 0x800):  # names are marked as UTF-8
                    raise ValueError(f"unexpected entry {entry.filename!r:.60}")
                arrays[name] = _npy(archive.read(entry))
        end = len(content) - len(archive.comment)
        promised = int.from_bytes(content[end - 12 : end - 10], "little")  # a damaged directory may pass over entries
        if promised != min(len(arrays), 0xFFFF):
            raise ValueError(f"{promised} entries promised, {len(arrays)} found")
    except Exception as error:  # zipfile and numpy.lib.format raise what they please on damaged files
        raise WeightsFileError(f"not an npz file of plain arrays, or damaged ({error!s:.80})") from None
    return arrays, {}


def _npy(content: bytes) -> np.ndarray:
    """The array of an npy file, in memory of its own."""
    file = BytesIO(content)
    reader = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, fortran, dtype = reader[np.lib.format.read_magic(file)](file)
    if dtype.kind not in "biuf" or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError(f"an array of {dtype} {shape} in {len(content) - file.tell()} bytes")
    return np.ndarray(shape, dtype, content, file.tell(), order="F" if fortran else "C").astype(dtype.newbyteorder("="))
