"""The file format of checkpoints: nested dicts, lists and tuples of plain values and arrays, without pickle.

The file is an npz. Its array `structure` is JSON in UTF-8. JSON arrays are lists; a JSON object has a single key, its type:
{"dict": [[key, value], …]}, {"tuple": […]}, {"array": name of an array in the file}, {"number": [dtype, value]}.
"""

from pathlib import Path
from typing import Any

import numpy as np

from autograd.extend import atomic_files, npz_files

FORMAT = "chainrule training 2"


class CheckpointError(ValueError):
    """A file that is not a checkpoint, is damaged, or belongs to another training."""


def save_state(path: str | Path, state: Any) -> None:
    """Write a state to a file, completely or not at all.

    state: None, bools, numbers, strings and arrays, in lists, tuples and dicts. Raises TypeError for other types.

    >>> import os, tempfile
    >>> import numpy as np
    >>> from optim.training.checkpointing.file_format import load_state, save_state
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "state.npz")
    ...     save_state(path, {"betas": (0.9, 0.999), 0: [np.ones(2), None]})
    ...     load_state(path)
    {'betas': (0.9, 0.999), 0: [array([1., 1.]), None]}
    """
    import json

    arrays: dict[str, np.ndarray] = {}
    structure = {"format": FORMAT, "state": _encode(state, arrays)}
    text = json.dumps(structure).encode()
    atomic_files.save_arrays(path, {"structure": np.frombuffer(text, np.uint8), **arrays})


def load_state(path: str | Path) -> Any:
    """Read a file of `save_state`; raises CheckpointError for any other file, and for a damaged one."""
    import json

    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    try:
        arrays = npz_files.load_arrays(path, "biufc")
        structure = json.loads(arrays.pop("structure").tobytes())
        if structure["format"] != FORMAT:
            raise ValueError(f"format {structure['format']!r:.40}, not {FORMAT!r}")
        state = _decode(structure["state"], arrays)
        if arrays:
            raise ValueError(f"unexpected array {min(arrays)!r:.40}")
    except Exception as error:  # json, zipfile and numpy.lib.format raise errors of many types for damaged files
        raise CheckpointError(f"{path}: not a checkpoint, or a damaged one ({error!s:.200})") from None
    return state


def content_of(value: Any) -> tuple[str, dict[str, np.ndarray]]:
    """A value as the text and the arrays of a file; raises TypeError for types that a file cannot hold."""
    import json

    arrays: dict[str, np.ndarray] = {}
    encoded = _encode(value, arrays)
    return json.dumps(encoded), arrays


def _encode(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """A value as JSON; its arrays are added to `arrays`."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        name = str(len(arrays))
        arrays[name] = value
        return {"array": name}
    if isinstance(value, np.generic) and value.dtype.kind in "biuf" and value.dtype.itemsize <= 8:
        return {"number": [value.dtype.str, value.item()]}
    if isinstance(value, list):
        return [_encode(item, arrays) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_encode(item, arrays) for item in value]}
    if isinstance(value, dict) and all(type(key) in (int, str) for key in value):
        return {"dict": [[key, _encode(item, arrays)] for key, item in value.items()]}
    raise TypeError(f"a state consists of plain values, arrays, lists, tuples and dicts, got {value!r:.80}")


def _decode(encoded: Any, arrays: dict[str, np.ndarray]) -> Any:
    """The value of such JSON; its arrays are removed from `arrays`."""
    if isinstance(encoded, list):
        return [_decode(item, arrays) for item in encoded]
    if not isinstance(encoded, dict):
        return encoded
    ((type_name, content),) = encoded.items()
    match type_name:
        case "array":
            return arrays.pop(content)
        case "number":
            return np.dtype(content[0]).type(content[1])
        case "tuple":
            return tuple(_decode(item, arrays) for item in content)
        case "dict":
            return {key: _decode(item, arrays) for key, item in content}
    raise ValueError(f"unknown type {type_name!r:.40}")
