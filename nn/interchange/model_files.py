"""Whole models as files: the weights as safetensors, and the architecture as JSON in the metadata."""

import io
import os
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.extend import short_repr
from nn.interchange.architecture import Description, add_changed_attributes
from nn.interchange.construction import Construction
from nn.interchange.model_classes import ModelFileError
from nn.interchange.pytorch import OURS
from nn.interchange.serialization import (
    CODES,
    LAYOUT,
    Header,
    WeightsFileError,
    arrays_of,
    errors_with_name,
    pack_safetensors,
    read_arrays,
    read_header,
)
from nn.module.module import Module
from nn.module.parameter import Parameter

#: Names in the metadata of a safetensors file.
MODEL, MODEL_CHECKSUM = "chainrule.model", "chainrule.model.crc32"
VERSION = 1  # of the architecture's format
FREE_VALUES = 100_000  # values of a header that may be read from a file of any size
BYTES_PER_VALUE = 50  # a longer header must be in a file of so many bytes for each value


def save_model(model: Module, path: str | os.PathLike[str], metadata: Mapping[str, Any] | None = None) -> None:
    """Write a whole model to a .safetensors file atomically: classes and constructor arguments of its modules, and weights.

    metadata: JSON values by name, such as {"classes": ["cat", "dog"], "scaling": {"mean": [0.1], "scale": [2.0]}};
              `load_model_metadata` reads them.

    Shared modules and parameters stay shared. The file keeps training and evaluation mode, frozen parameters, dtypes, and
    options that were changed after the construction. It has no generators, hooks or code: a function must be one of
    nn.functional or nn.init or a ufunc of NumPy, and your own Module classes must be registered with `nn.register`. `nn.load`
    reads the weights alone, and so do other programs.

    PyTorch's torch.save(model), which contains a pickle; Keras's model.save. Raises ModelFileError for a module that cannot be
    written, before anything is written, ValueError for another suffix.

    >>> import nn, os, tempfile
    >>> model = nn.Sequential(nn.Linear(2, 1), nn.Tanh()).eval()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save_model(model, os.path.join(folder, "model.safetensors"), {"classes": ["no", "yes"]})
    ...     nn.load_model(os.path.join(folder, "model.safetensors"))
    Sequential(
      (0): Linear(2, 1)
      (1): Tanh()
    )
    """
    import json

    from autograd.extend import atomic_files  # imported on first use: most programs save nothing

    if not isinstance(model, Module):
        raise TypeError(f"save_model takes a Module, not {short_repr(model)}; nn.save writes a state dict")
    _check_suffix(path)
    try:
        given_metadata = json.dumps({} if metadata is None else dict(metadata), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"metadata must have values of JSON, such as lists, texts and numbers: {error}") from None
    description = Description(model)
    shapes = {name: tensor.shape for name, tensor in description.tensors.items()}
    draft = Construction(description.records, shapes, is_draft=True)
    add_changed_attributes(description, draft.in_order())
    Construction(description.records, shapes).set_attributes()
    architecture = {
        "version": VERSION,
        "library": autograd.__version__,
        "dtype": sorted({str(tensor.dtype) for tensor in description.tensors.values()}),
        "modules": description.records,
        "frozen": [name for name, t in description.tensors.items() if isinstance(t, Parameter) and not t.requires_grad],
        "metadata": json.loads(given_metadata),
    }
    text = json.dumps(architecture, ensure_ascii=False, separators=(",", ":"))
    arrays = arrays_of({name: tensor.data for name, tensor in description.tensors.items()})
    marks = {LAYOUT: OURS, MODEL: text, MODEL_CHECKSUM: _checksum(text)}
    content = pack_safetensors(arrays, marks)
    try:
        _read_architecture(io.BytesIO(content))
    except WeightsFileError as error:
        raise ModelFileError(f"{model.qualified_name()} cannot be written: {error}") from None
    atomic_files.write_bytes(os.fspath(path), content)


def load_model(path: str | os.PathLike[str]) -> Module:
    """Make the model of a file of `save_model`, with its weights, in the mode in which it was saved.

    Only classes of `nn` and those of `nn.register` are constructed: nothing is imported or executed by a name in the file.
    Sizes are compared with the tensors of the file before memory is allocated, and no random numbers are drawn.

    PyTorch's torch.load; Keras's keras.saving.load_model. Raises ModelFileError if the file does not describe a model,
    WeightsFileError if it is damaged, ValueError for another suffix.

    >>> import nn, os, tempfile
    >>> model = nn.MLP([2, 8, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save_model(model, os.path.join(folder, "model.safetensors"))
    ...     twin = nn.load_model(os.path.join(folder, "model.safetensors"))
    >>> bool(np.all(twin([[1.0, 2.0]]) == model([[1.0, 2.0]])))
    True
    """
    _check_suffix(path)
    with open(path, "rb") as file, errors_with_name(path):
        header, architecture = _read_architecture(file)
        shapes = {name: shape for name, (_, shape, _) in header.tensors.items()}
        construction = Construction(architecture["modules"], shapes)
        _check_dtypes(construction.tensors, header)
        construction.set_attributes()
        for name, array in read_arrays(file, header).items():
            construction.tensors[name].data = array if array.ndim else array[()]
        for name in architecture["frozen"]:
            construction.tensors[name].requires_grad = False
    return construction.model


def load_model_metadata(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the metadata that `save_model` was given, without the model.

    Raises ModelFileError if the file does not describe a model, WeightsFileError if it is damaged.

    >>> import nn, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save_model(nn.Linear(2, 2), os.path.join(folder, "model.safetensors"), {"classes": ["no", "yes"]})
    ...     nn.load_model_metadata(os.path.join(folder, "model.safetensors"))
    {'classes': ['no', 'yes']}
    """
    _check_suffix(path)
    with open(path, "rb") as file, errors_with_name(path):
        return _read_architecture(file)[1]["metadata"]


def _check_suffix(path: str | os.PathLike[str]) -> None:
    if os.path.splitext(path)[1].lower() != ".safetensors":
        raise ValueError(f"{os.fspath(path)!s:.200}: the suffix of a model file must be .safetensors")


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def _read_architecture(file: Any) -> tuple[Header, dict[str, Any]]:
    """The header of a file and its architecture, whose modules are not yet checked."""
    import json

    size = file.seek(0, os.SEEK_END)
    header = read_header(file, max(FREE_VALUES, size // BYTES_PER_VALUE))
    text = header.metadata.get(MODEL)
    if text is None:
        raise ModelFileError("the file has weights but no architecture; make the model, and load them with nn.load")
    if header.metadata.get(MODEL_CHECKSUM, _checksum(text)) != _checksum(text):
        raise ModelFileError("damaged: the checksum of the architecture differs from the stored one")
    try:
        architecture = json.loads(text)
    except ValueError as error:
        raise ModelFileError(f"damaged: the architecture is not JSON ({error!s:.80})") from None
    match architecture:
        case {"version": int() as version} if version > VERSION:
            library = architecture.get("library")
            raise ModelFileError(
                f"format {version!r:.20}, by version {library!r:.20} of this library, is newer; update the library"
            )
        case {"version": 1, "modules": list(), "frozen": [*frozen], "metadata": dict()}:
            unknown = [name for name in frozen if not isinstance(name, str) or name not in header.tensors]
            if unknown:
                raise ModelFileError(f"there is no parameter {unknown[0]!r:.60} to freeze")
            return header, architecture
    raise ModelFileError("the architecture lacks version, modules, frozen or metadata")


def _check_dtypes(tensors: Mapping[str, Tensor], header: Header) -> None:
    """Raise ModelFileError for a parameter that does not consist of floats."""
    for name, (code, _, _) in header.tensors.items():
        if tensors[name].requires_grad and code != "BF16" and np.dtype(CODES[code]).kind != "f":
            raise ModelFileError(f"parameter {name!r:.60} has dtype {code}, expected floats")
