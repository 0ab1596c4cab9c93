"""Keep the memory of large arrays for the next ones: `reuse_memory`."""

import ctypes

# Parameters of glibc's mallopt, from malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST = 2**31 - 1  # mallopt takes an int


def reuse_memory(limit: int = 2**30) -> bool:
    """Let the process keep the memory of freed arrays, up to `limit` bytes, and use it for the next arrays.

    By default the GNU C library returns the memory of a large array to the system when the array is freed. The system then
    clears the pages of the next array, which costs as much as the arithmetic on it. After this call arrays of up to `limit`
    bytes come from one heap, and at most `limit` free bytes at its end stay allocated. The largest memory of a training is
    about the same; the memory after it is larger. `python -m optim` calls this function.

    The setting holds for the whole process, for the arrays of all libraries in it, and cannot be taken back. Environment
    variables MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ set the same at the start of a process.

    limit: bytes, at least 1 and less than 2³¹.

    Returns True, or False where the C library has no such setting (macOS, Windows, musl).

    Raises ValueError for a limit out of range.

    Source: mallopt(3) of the GNU C library.

    >>> import autograd
    >>> autograd.reuse_memory() in (True, False)
    True
    """
    if not 1 <= limit <= LARGEST:
        raise ValueError(f"limit: bytes from 1 to {LARGEST} expected, got {limit}")
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no library of the process itself
        return False
    if not hasattr(library, "gnu_get_libc_version"):  # the settings of another mallopt have other numbers
        return False
    return bool(library.mallopt(M_MMAP_THRESHOLD, limit)) and bool(library.mallopt(M_TRIM_THRESHOLD, limit))
