"""The source files of a training, by which ranks with different code are noticed."""

import inspect
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def source_checksums(objects: Iterable[Any]) -> list[str]:
    """Name and checksum of the main program and of the files that define some functions or the classes of some objects.

    Code without a file, such as that of a notebook, has no entry.

    >>> from optim.distributed.source_code import source_checksums
    >>> from optim import MiniBatch
    >>> [text.split()[0] for text in source_checksums([MiniBatch(2)]) if text.startswith("batching")]
    ['batching.py']
    """
    paths = {getattr(sys.modules.get("__main__"), "__file__", None)}
    for item in objects:
        try:
            paths.add(inspect.getsourcefile(item if inspect.isroutine(item) else type(item)))
        except TypeError:  # built in
            continue
    files = [path for path in map(Path, filter(None, paths)) if path.is_file()]
    return sorted(f"{path.name} {zlib.crc32(path.read_bytes()):08x}" for path in files)
