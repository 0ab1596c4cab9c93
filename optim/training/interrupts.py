"""Ctrl-C as a wish that is heard between two steps, so that nothing is left half done."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def defer_interrupt(listener: Callable[[], None]) -> Iterator[None]:
    """Inside the block the first Ctrl-C calls the listener; the second is KeyboardInterrupt, as everywhere else.

    Where somebody else handles SIGINT, and outside of the main thread, nothing is changed.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def handle(*_: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        listener()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
