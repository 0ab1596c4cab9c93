"""Atomic writes: a file is written completely or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np


@contextmanager
def atomic_write(path: str | Path) -> Iterator[str]:
    """Yield the path of a temporary file that replaces `path` when the `with` block ends without an error."""
    path = Path(path)
    temporary = path.with_name(f".{path.stem}.{os.urandom(4).hex()}{path.suffix}")
    open(temporary, "xb").close()
    try:
        yield str(temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def save_arrays(path: str | Path, arrays: dict[str, np.ndarray]) -> None:
    """Write named arrays, such as a state dict, to an npz file.

    >>> import numpy, tempfile, os
    >>> from autograd.utils.atomic_files import save_arrays
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_arrays(os.path.join(folder, "w.npz"), {"w": numpy.ones(2)})
    ...     numpy.load(os.path.join(folder, "w.npz"))["w"].tolist()
    [1.0, 1.0]
    """
    from zipfile import ZipFile, ZipInfo  # imported here because most programs write no npz file

    with atomic_write(path) as temporary, ZipFile(temporary, "w") as archive:
        for name, array in arrays.items():  # np.savez rejects some names, such as "file"
            with archive.open(ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)
