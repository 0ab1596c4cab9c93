"""Files written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np


@contextmanager
def written(path: str | Path) -> Iterator[str]:
    """A temporary file beside `path` that takes its place when the block ends without an error."""
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    try:
        yield temporary
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.remove(temporary)
        raise


def save_arrays(path: str | Path, arrays: dict[str, np.ndarray]) -> None:
    """Write named arrays, such as a state dict, as npz.

    >>> import numpy, tempfile, os
    >>> from optim import save_arrays
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_arrays(os.path.join(folder, "w.npz"), {"w": numpy.ones(2)})
    ...     numpy.load(os.path.join(folder, "w.npz"))["w"].tolist()
    [1.0, 1.0]
    """
    with written(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
