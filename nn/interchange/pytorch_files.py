"""The tensors of files of torch.save, read without executing the pickle that describes them.

The file is a zip archive: data.pkl describes names, shapes and strides, data/0, data/1, … are the bytes of the storages. The
pickle is parsed by pickletools, and the few opcodes that a state dict needs are carried out on plain values. A class or
function named in it is never imported: all but those that make tensors become placeholders. Source: torch/serialization.py.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pickletools import genops
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

import numpy as np

from autograd.extend import npz_files

#: The dtypes of storages; bfloat16 is read as integers and converted.
STORAGES = {
    "DoubleStorage": "f8",
    "FloatStorage": "f4",
    "HalfStorage": "f2",
    "BFloat16Storage": "u2",
    "LongStorage": "i8",
    "IntStorage": "i4",
    "ShortStorage": "i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}
MAX_OPCODES = 10_000_000


class Global(NamedTuple):
    """The name of a class or function."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


class Placeholder(NamedTuple):
    """An object that is not a tensor, by its class."""

    made_by: Global


class Stored(NamedTuple):
    """A storage, or a tensor in it."""

    key: str
    storage: str  # the name of its class, which tells the dtype
    elements: int
    offset: int = 0
    shape: tuple[int, ...] = ()
    strides: tuple[int, ...] | None = None  # None for a storage


def read_tensors(content: bytes, section: str | None = None) -> dict[str, np.ndarray]:
    """The tensors of a state dict that torch.save wrote, by name; bfloat16 is converted to float32.

    section: the name of the dict with the tensors, if the file holds several, such as "model_state_dict".

    Raises ValueError for a file that is damaged, holds other objects than tensors, or claims more memory than its size
    explains.
    """
    if not content.startswith(b"PK"):
        raise ValueError("not a file of torch.save, or of a version of PyTorch before 1.6; save it again with a newer one")
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            pickles = [name for name in entries if name.endswith("/data.pkl")]
            if len(pickles) != 1:
                raise ValueError("not a file of torch.save: there is no data.pkl in the archive")
            folder = pickles[0].removesuffix("data.pkl")
            npz_files.check_size(sum(entry.file_size for entry in entries.values()), len(content))
            order = archive.read(f"{folder}byteorder") if f"{folder}byteorder" in entries else b"little"
            tensors = _select(Unpickler(archive.read(pickles[0])).run(), section)
            npz_files.check_size(sum(_nbytes(tensor) for tensor in tensors.values()), len(content))
            read = lambda key: archive.read(f"{folder}data/{key}") if f"{folder}data/{key}" in entries else None
            return dict(_arrays(tensors, read, ">" if order == b"big" else "<"))
    except (BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        raise ValueError(f"damaged: {error!s:.160}") from None
    except ValueError:
        raise
    except Exception as error:  # zlib, struct and zipfile raise errors of their own, with no class in common
        raise ValueError(f"damaged: {type(error).__name__} {error!s:.120}") from None


def _select(value: Any, section: str | None) -> dict[str, Stored]:
    """The dict of tensors in the value of a file."""
    if section is not None:
        sections = [name for name, item in value.items() if isinstance(item, dict)] if isinstance(value, dict) else []
        if section not in sections:
            raise ValueError(f"there is no section {section!r}; there are {_list(sections) or 'none'}")
        value = value[section]
    if isinstance(value, Placeholder):
        raise ValueError(
            f"it holds an object of {value.made_by}, and no state dict; write torch.save(model.state_dict(), path)"
        )
    if not isinstance(value, dict):
        raise ValueError(f"it holds a {type(value).__name__}, and no state dict")
    tensors = {name: item for name, item in value.items() if isinstance(item, Stored) and item.strides is not None}
    if others := [name for name in value if name not in tensors]:
        hint = "" if tensors else _sections_hint(value)
        raise ValueError(f"{_list(others)} of the file: not a tensor{hint}")
    return {str(name): tensor for name, tensor in tensors.items()}


def _sections_hint(value: Mapping[Any, Any]) -> str:
    sections = [
        name for name, item in value.items() if isinstance(item, dict) and any(isinstance(t, Stored) for t in item.values())
    ]
    return f"; choose a dict of tensors with section={sections[0]!r}" if sections else ""


def _list(names: list[Any]) -> str:
    return ", ".join(f"{name!r:.40}" for name in names[:5]) + (", …" if len(names) > 5 else "")


def _nbytes(tensor: Stored) -> int:
    return math.prod(tensor.shape) * 8


def _arrays(tensors: Mapping[str, Stored], read: Callable[[str], bytes | None], order: str) -> Iterator[tuple[str, np.ndarray]]:
    """The arrays of the tensors, each in memory of its own."""
    storages: dict[tuple[str, str], np.ndarray] = {}
    for name, tensor in tensors.items():
        if tensor.storage not in STORAGES:
            raise ValueError(f"tensor {name!r:.60}: dtype of {tensor.storage}, which cannot be read")
        place = tensor.key, tensor.storage
        if place not in storages:
            data = read(tensor.key)
            dtype = np.dtype(order + STORAGES[tensor.storage])
            if data is None or len(data) != tensor.elements * dtype.itemsize:
                size = "no" if data is None else len(data)
                raise ValueError(f"tensor {name!r:.60}: {size} bytes for {tensor.elements} elements of {tensor.storage}")
            storages[place] = np.frombuffer(data, dtype)
        storage = storages[place]
        strides = tensor.strides or ()
        last = tensor.offset + sum((size - 1) * stride for size, stride in zip(tensor.shape, strides))
        if math.prod(tensor.shape) and last >= storage.size:
            raise ValueError(f"tensor {name!r:.60}: shape {tensor.shape} is larger than its storage of {storage.size} elements")
        steps = [stride * storage.itemsize for stride in strides]
        start = storage[tensor.offset :] if math.prod(tensor.shape) else storage[:0]
        array = np.ndarray(tensor.shape, storage.dtype, start, strides=steps if start.size else None)
        array = array.astype(storage.dtype.newbyteorder("="), order="C", copy=True)
        yield name, (array.astype("u4") << 16).view("f4") if tensor.storage == "BFloat16Storage" else array


class Unpickler:
    """Carries out the opcodes of a pickle that make dicts, lists, tuples, numbers, strings and descriptions of tensors."""

    def __init__(self, content: bytes):
        self.content = content
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        """The value of the pickle; raises ValueError for opcodes that a file of tensors does not need."""
        for count, (opcode, argument, _) in enumerate(genops(self.content)):
            if opcode.name == "STOP":
                return self.stack.pop()
            if count > MAX_OPCODES:
                raise ValueError(f"its pickle has more than {MAX_OPCODES} opcodes")
            self._step(opcode.name, argument)
        raise ValueError("damaged: the pickle has no end")

    def _step(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in ("PROTO", "FRAME"):
            return
        if name in ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE"):
            stack.append(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name]())
        elif name == "MARK":
            self.marks.append(len(stack))
        elif name in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(self.memo[argument])
        elif name == "GLOBAL":
            stack.append(Global(*argument.split(" ", 1)))
        elif name == "STACK_GLOBAL":
            stack.append(Global(*map(str, self._pop(2))))
        elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
            stack.append(tuple(self._pop(int(name[-1]))))
        elif name == "TUPLE":
            stack.append(tuple(self._pop_to_mark()))
        elif name in ("APPEND", "APPENDS"):
            items = self._pop(1) if name == "APPEND" else self._pop_to_mark()
            _checked(stack[-1], list).extend(items)
        elif name in ("SETITEM", "SETITEMS"):
            items = self._pop(2) if name == "SETITEM" else self._pop_to_mark()
            if not all(type(key) in (str, int) for key in items[::2]):  # the hash of a nested tuple may take forever
                raise ValueError("its pickle has a dict whose keys are not names")
            _checked(stack[-1], dict).update(zip(items[::2], items[1::2]))
        elif name == "BINPERSID":
            stack.append(_storage(stack.pop()))
        elif name in ("REDUCE", "NEWOBJ"):
            function, arguments = self._pop(2)
            stack.append(_call(function, _checked(arguments, tuple)))
        elif name == "BUILD":
            stack.pop()  # the attributes of an object, such as the versions of modules in a state dict
        else:
            raise ValueError(f"its pickle has an opcode {name}, which a file of tensors does not need")

    def _pop(self, count: int) -> list[Any]:
        items = self.stack[-count:]
        if len(items) < count:
            raise ValueError("damaged: the pickle takes more values than it made")
        del self.stack[-count:]
        return items

    def _pop_to_mark(self) -> list[Any]:
        mark = self.marks.pop()
        items = self.stack[mark:]
        del self.stack[mark:]
        return items


#: Opcodes that push a constant or an empty container.
CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
}


def _call(function: Any, arguments: tuple[Any, ...]) -> Any:
    """The result of a function in a pickle: a tensor, an empty dict, or a placeholder."""
    match function, arguments:
        case Global("torch._utils", "_rebuild_tensor_v2"), (Stored(strides=None) as storage, offset, shape, strides, *_):
            numbers = [offset, *_checked(shape, tuple), *_checked(strides, tuple)]
            if len(shape) != len(strides) or not all(type(n) is int and 0 <= n < 2**48 for n in numbers) or len(shape) > 64:
                raise ValueError("damaged: the shape or the strides of a tensor are invalid")
            return storage._replace(offset=offset, shape=shape, strides=strides)
        case Global("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state"), (Stored() as tensor, *_):
            return tensor
        case Global("collections", "OrderedDict"), ():
            return {}
        case Global(), _:
            return Placeholder(function)
    raise ValueError("damaged: the pickle calls a value that is not a function")


def _storage(identifier: Any) -> Stored:
    match identifier:
        case ("storage", Global("torch", storage), str(key), str(), int(count)):
            return Stored(key, storage, count)
    raise ValueError("damaged: the description of a storage is invalid")


def _checked(value: Any, cls: type) -> Any:
    if type(value) is not cls:
        raise ValueError(f"its pickle has a {type(value).__name__} where a file of tensors has a {cls.__name__}")
    return value
