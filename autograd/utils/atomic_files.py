"""Atomic writes: a file is written completely or not at all."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np


@contextmanager
def atomic_write(path: str | Path) -> Iterator[str]:
    """Yield the path of a temporary file that replaces `path` when the `with` block ends without an error.

    A link stays a link, and an existing file keeps its permissions. A device or pipe cannot be replaced: its own path is
    yielded. An OSError of the block names `path`.
    """
    target = Path(os.path.realpath(path))
    is_replaceable = target.is_file() or not target.exists()
    temporary = target.with_name(f".{target.stem[:60]}.{os.urandom(4).hex()}{target.suffix}") if is_replaceable else target
    try:
        if is_replaceable:
            open(temporary, "xb").close()
        yield str(temporary)
        if is_replaceable:
            if target.exists():
                os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
            os.replace(temporary, target)
    except BaseException as error:
        if is_replaceable:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None and error.filename in (None, str(temporary)):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def write_text(path: str | Path, text: str) -> None:
    """Write a text to a file in UTF-8, completely or not at all.

    >>> import tempfile, os
    >>> from autograd.utils.atomic_files import write_text
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text(os.path.join(folder, "a.txt"), "∂f/∂x")
    ...     os.listdir(folder)
    ['a.txt']
    """
    write_bytes(path, text.encode())


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write bytes to a file, completely or not at all."""
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        file.write(content)


def append_text(path: str | Path, text: str) -> None:
    """Append a text to a file in UTF-8; an error leaves the file with its earlier content."""
    append_bytes(path, text.encode())


def append_bytes(path: str | Path, content: bytes) -> None:
    """Append bytes to a file in one write; an error leaves the file with its earlier content."""
    with open(path, "ab", buffering=0) as file:
        size = file.tell()
        try:
            if file.write(content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        except BaseException as error:
            file.truncate(size)
            if isinstance(error, OSError) and error.errno is not None and error.filename is None:
                error.filename = str(path)
            raise


def save_arrays(path: str | Path, arrays: dict[str, np.ndarray], layout: str = "") -> None:
    """Write named arrays, such as a state dict, to an npz file.

    layout: the layout of weights, for the comment of the archive; "" for none.

    >>> import numpy, tempfile, os
    >>> from autograd.utils.atomic_files import save_arrays
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_arrays(os.path.join(folder, "w.npz"), {"w": numpy.ones(2)})
    ...     numpy.load(os.path.join(folder, "w.npz"))["w"].tolist()
    [1.0, 1.0]
    """
    from zipfile import ZipFile, ZipInfo  # imported here because most programs write no npz file

    from autograd.utils.npz_files import COMMENT

    with atomic_write(path) as temporary, ZipFile(temporary, "w") as archive:
        archive.comment = COMMENT + layout.encode() if layout else b""
        for name, array in arrays.items():  # np.savez rejects some names, such as "file"
            with archive.open(ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)
