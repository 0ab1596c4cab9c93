"""State dicts as safetensors or npz files, which hold arrays and no code (no pickle).

A safetensors file consists of the length of the header (8 bytes, little-endian), the header (JSON: dtype, shape and data
offsets for every name), and the bytes of all tensors without gaps.
"""

import math
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from autograd import DataError, Tensor
from autograd.extend import short_repr
from nn.interchange.pytorch import OURS, PYTORCH, MarkedState
from nn.module.module import Module
from nn.module.state_dict import is_of_pytorch

CODES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "BOOL": "|u1"}
CODES |= {f"{sign}{8 * n}": f"{'<' if n > 1 else '|'}{sign.lower()}{n}" for sign in "IU" for n in (8, 4, 2, 1)}
DTYPES = {dtype: code for code, dtype in CODES.items() if code not in ("BF16", "BOOL")} | {"|b1": "BOOL"}
PYTORCH_SUFFIXES = (".pt", ".pth", ".bin")
CHECKSUM, LAYOUT = "chainrule.crc32", "format"  # names in the metadata of safetensors files


class WeightsFileError(ValueError):
    """A weights file is damaged or has another format."""


def save(state: Module | Mapping[str, Any], path: str | os.PathLike[str], metadata: Mapping[str, str] | None = None) -> None:
    """Write a model's state dict to a file atomically: .safetensors, which many frameworks read, or .npz.

    metadata: strings by name, stored in a safetensors file.

    Raises ValueError for another suffix, DataError for values that are not numeric. The metadata of a safetensors file include
    a checksum, by which `load` detects damage. A program that changes the weights must remove it.

    A mark tells the layout of the weights: "format": "chainrule" in the metadata, or "pt" for a state of PyTorch's tensors or
    of nn.to_pytorch; in an npz file the same word ends the comment of the archive. It costs a few bytes, and other programs
    ignore it. Arrays in a plain dict do not tell their layout and are taken as this library's.

    >>> import nn, tempfile, os
    >>> model = nn.Linear(2, 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save(model, os.path.join(folder, "w.safetensors"))
    ...     model.load_state_dict(nn.load(os.path.join(folder, "w.safetensors")))
    IncompatibleKeys(missing=[], unexpected=[])
    """
    from autograd.extend import atomic_files  # imported on first use: most programs save nothing

    path, suffix = os.fspath(path), _suffix(path)
    arrays = arrays_of(state)
    layout = state.layout if isinstance(state, MarkedState) else PYTORCH if is_of_pytorch(state) else OURS
    if suffix == ".safetensors":
        mark = {LAYOUT: layout} if layout else {}
        atomic_files.write_bytes(path, pack_safetensors(arrays, mark | ({} if metadata is None else dict(metadata))))
    elif metadata:
        raise ValueError(f"{os.path.basename(path)}: npz files have no metadata; save as .safetensors")
    else:
        atomic_files.save_arrays(path, arrays, layout)


def load(path: str | os.PathLike[str], section: str | None = None) -> MarkedState:
    """Read the arrays of a .safetensors or .npz file of any origin, by name; bfloat16 is converted to float32.

    Files of torch.save with a state dict, .pt, .pth or .bin, are read without PyTorch, and the pickle in them is not executed.
    Pass the result to nn.from_pytorch.

    section: of a file of torch.save, the dict to read if it holds several, such as "model_state_dict".

    The result is a dict that knows the layout of its weights if the file tells it: `load_state_dict` refuses PyTorch's, and
    warns about an unknown one, where a shape fits both. Files of `save` tell it; of other files, those with "format": "pt".

    Sizes are verified before memory is allocated: the arrays of a compressed npz file may have up to 256 MiB, or up to 100
    times the size of the file. Raises WeightsFileError if the file is damaged or has another format, ValueError for another
    suffix.

    >>> import nn, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "layer.safetensors")
    ...     nn.save(nn.Linear(2, 3), path)
    ...     {name: array.shape for name, array in nn.load(path).items()}
    {'weight': (2, 3), 'bias': (3,)}
    """
    arrays, metadata = _read(path, section)
    layout = metadata.get(LAYOUT, "")
    return MarkedState(arrays, layout if layout in (OURS, PYTORCH) else "", os.path.basename(path))


def load_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read the metadata of a .safetensors file, strings by name; an npz file has none.

    Raises WeightsFileError if the file is damaged or has another format, ValueError for another suffix.

    >>> import nn, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "layer.safetensors")
    ...     nn.save(nn.Linear(2, 3), path, {"activation": "tanh"})
    ...     nn.load_metadata(path)
    {'activation': 'tanh'}
    """
    metadata = _read(path)[1]
    if metadata.get(LAYOUT) == OURS:
        del metadata[LAYOUT]
    return metadata


def _suffix(path: str | os.PathLike[str]) -> str:
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in (".safetensors", ".npz"):
        raise ValueError(f"{os.path.basename(path)}: the suffix of a weights file must be .safetensors or .npz")
    return suffix


def _read(path: str | os.PathLike[str], section: str | None = None) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    is_of_torch = os.path.splitext(path)[1].lower() in PYTORCH_SUFFIXES
    if section is not None and not is_of_torch:
        raise ValueError(f"{os.path.basename(path)}: only files of torch.save have sections, not {section!r:.40}")
    if is_of_torch:
        with open(path, "rb") as file, errors_with_name(path):
            return _read_pytorch(file, section)
    read = _read_safetensors if _suffix(path) == ".safetensors" else _read_npz
    with open(path, "rb") as file, errors_with_name(path):
        return read(file)


def _read_pytorch(file: BinaryIO, section: str | None) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    from nn.interchange.pytorch_files import read_tensors  # imported on first use: few programs read files of PyTorch

    try:
        return read_tensors(file.read(), section), {LAYOUT: PYTORCH}
    except ValueError as error:
        raise WeightsFileError(str(error)) from None


@contextmanager
def errors_with_name(path: str | os.PathLike[str]) -> Iterator[None]:
    """Write the name of the file before the message of a WeightsFileError; a RecursionError becomes one."""
    try:
        yield
    except WeightsFileError as error:
        raise type(error)(f"{os.path.basename(path)}: {error}") from None
    except RecursionError:
        raise WeightsFileError(f"{os.path.basename(path)}: damaged, the header is nested too deeply") from None


def arrays_of(state: Any) -> dict[str, np.ndarray]:
    """The arrays of a model or state dict, little-endian."""
    state = state.state_dict() if isinstance(state, Module) else state
    if not isinstance(state, Mapping):
        raise TypeError(f"save takes a Module or a state dict, not {short_repr(state)}")
    arrays = {}
    for name, value in state.items():
        if not isinstance(name, str) or not _is_text(name) or name == "__metadata__":
            raise ValueError(f"weights cannot be saved under the name {name!r}")
        try:
            array = np.asarray(Tensor(value.data if isinstance(value, Tensor) else value).data)
        except DataError as error:
            raise DataError(f"{name}: {error}") from None
        little_endian = array.dtype.newbyteorder("<")
        if little_endian.str not in DTYPES:
            hint = "save .real and .imag, the two parts" if array.dtype.kind == "c" else "convert them with astype"
            raise DataError(f"{name}: weights of dtype {array.dtype} cannot be saved; {hint}")
        arrays[name] = array.astype(little_endian, copy=False)
    return arrays


def _checksum(arrays: Mapping[str, np.ndarray]) -> str:
    """CRC-32 of names, dtypes, shapes and bytes, independent of the order in which they are stored."""
    crc = 0
    for name in sorted(arrays):
        array = arrays[name]
        crc = zlib.crc32(f"{name} {array.dtype.str} {array.shape}".encode(), crc)
        crc = zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, crc)
    return f"{crc:08x}"


def pack_safetensors(arrays: Mapping[str, np.ndarray], metadata: dict[str, str]) -> bytes:
    """The content of a safetensors file."""
    import json

    if not all(isinstance(text, str) for pair in metadata.items() for text in pair):
        raise TypeError(f"metadata must map strings to strings, not {short_repr(metadata)}")
    header: dict[str, Any] = {"__metadata__": metadata | {CHECKSUM: _checksum(arrays)}}
    header |= dict.fromkeys(arrays)
    blocks: list[bytes] = []
    end = 0
    # The largest item sizes first, so that each tensor begins at a multiple of its item size.
    for name, array in sorted(arrays.items(), key=lambda item: -item[1].itemsize):
        blocks.append(array.tobytes())
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": DTYPES[array.dtype.str], "shape": list(array.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *blocks])


class Header(NamedTuple):
    """The header of a safetensors file: metadata, and for each tensor its dtype code, its shape and where its data begin."""

    metadata: dict[str, str]
    tensors: dict[str, tuple[str, tuple[int, ...], int]]


def _read_safetensors(file: BinaryIO) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    header = read_header(file)
    return read_arrays(file, header), {name: text for name, text in header.metadata.items() if name != CHECKSUM}


def read_header(file: BinaryIO, max_values: int | None = None) -> Header:
    """The header of a safetensors file, whose tensors must cover all of its data; no tensor is read.

    max_values: the largest number of separators in the header, by which its values in memory are limited.
    """
    import json

    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or length > size - 8:
        raise WeightsFileError(f"not a safetensors file, or truncated: {size} bytes are too few for a header of {length} bytes")
    content = file.read(length)
    if max_values is not None and sum(map(content.count, (b",", b"[", b"{"))) > max_values:
        raise WeightsFileError(f"the header has more than {max_values} values")
    try:
        header = json.loads(content.decode(), object_pairs_hook=_require_unique)
    except ValueError as error:
        raise WeightsFileError(f"not a safetensors file, or damaged: the header is not JSON ({error!s:.80})") from None
    if not isinstance(header, dict):
        raise WeightsFileError("not a safetensors file: the header is not a JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise WeightsFileError("the metadata does not map strings to strings")
    offsets = {name: _data_offsets(name, entry) for name, entry in header.items()}
    position = 0
    for name, (begin, end) in sorted(offsets.items(), key=lambda item: item[1]):
        if begin != position:
            raise WeightsFileError(f"tensor {name!r:.60} begins at byte {begin} of the data, expected {position}")
        position = end
    data_length = size - 8 - length
    if position != data_length:
        raise WeightsFileError(
            f"truncated or too long: the header describes {position} bytes of data, the file has {data_length}"
        )
    return Header(metadata, {name: (header[name]["dtype"], tuple(header[name]["shape"]), offsets[name][0]) for name in header})


def read_arrays(file: BinaryIO, header: Header) -> dict[str, np.ndarray]:
    """The tensors after the header; raises WeightsFileError if they do not have the checksum of the metadata."""
    in_order = sorted(header.tensors.items(), key=lambda item: (item[1][2], math.prod(item[1][1])))
    by_name = {name: _tensor(name, code, shape, file) for name, (code, shape, _) in in_order}
    arrays = {name: by_name[name] for name in header.tensors}
    checksum = header.metadata.get(CHECKSUM)
    if checksum is not None and checksum != _checksum(arrays):
        raise WeightsFileError("damaged: the checksum of the weights differs from the stored one")
    return arrays


def _require_unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; raises ValueError for a repeated or invalid name."""
    entries = dict(pairs)
    if len(entries) < len(pairs) or not all(map(_is_text, entries)):
        raise ValueError("a name is repeated or invalid")
    return entries


def _is_text(name: str) -> bool:
    """Whether a name can be written to a file: it has no surrogates and no null characters."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in name)


def _data_offsets(name: str, entry: Any) -> tuple[int, int]:
    """The begin and the end of the bytes of a tensor; raises WeightsFileError if its entry in the header is invalid."""
    match entry:
        case {"dtype": str(code), "shape": [*shape], "data_offsets": [begin, end]} if len(entry) == 3:
            sizes = [*shape, begin, end]
        case _:
            raise WeightsFileError(f"tensor {name!r:.60}: expected dtype, shape and data_offsets, got {entry!r:.80}")
    if code not in CODES:
        raise WeightsFileError(f"tensor {name!r:.60}: unknown dtype {code!r:.20}; the known ones are {', '.join(CODES)}")
    if not all(type(size) is int and 0 <= size < 2**63 for size in sizes) or len(shape) > 64:
        raise WeightsFileError(f"tensor {name!r:.60}: invalid shape {shape!r:.80} or offsets {[begin, end]!r:.80}")
    if end - begin != math.prod(shape) * np.dtype(CODES[code]).itemsize:
        raise WeightsFileError(
            f"tensor {name!r:.60}: {end - begin!r:.30} is not the size in bytes of {code}, shape {shape!r:.80}"
        )
    return begin, end


def _tensor(name: str, code: str, shape: tuple[int, ...], file: BinaryIO) -> np.ndarray:
    """The next tensor of the file, in memory of its own."""
    try:
        array = np.empty(shape, CODES[code])
    except (ValueError, OverflowError):
        raise WeightsFileError(f"tensor {name!r:.60}: shape {list(shape)!r:.80} is too large for NumPy") from None
    if file.readinto(array.reshape(-1).view(np.uint8)) != array.nbytes:  # type: ignore[attr-defined]
        raise WeightsFileError(f"truncated: tensor {name!r:.60} is incomplete")
    if code == "BF16":  # the upper half of a float32
        return np.asarray(array.astype(np.uint32) << 16).view(np.float32)
    if code == "BOOL":
        if array.size and array.max() > 1:
            raise WeightsFileError(f"tensor {name!r:.60}: invalid boolean, a byte other than 0 and 1")
        return array.view(bool)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _read_npz(file: BinaryIO) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays of an npz file. The size and the checksum of every entry are verified before its array is created."""
    from autograd.extend import npz_files  # imported on first use: most programs read no npz file

    content = file.read()
    try:
        arrays = npz_files.unpack_arrays(content)
    except Exception as error:  # zipfile and numpy.lib.format raise errors of many types on damaged files
        raise WeightsFileError(f"not an npz file of numeric arrays, or damaged ({error!s:.200})") from None
    layout = content.rpartition(npz_files.COMMENT)[2].decode("latin-1") if npz_files.COMMENT in content[-32:] else ""
    return arrays, {LAYOUT: layout} if layout else {}
