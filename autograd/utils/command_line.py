"""Common parts of the commands: errors on one line with exit status 2, console encodings, closed pipes."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn


class Parser(ArgumentParser):
    """An argument parser that prints errors on one line, after the name of the command."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit with status 2."""
        self.exit(2, f"{self.prog.split()[-1]}: {message} (see --help)\n")


def run_command(name: str, command: Callable[[], None], expected: tuple[type[Exception], ...]) -> int:
    """Run a command and return its exit status: 0, 2 after an expected error, 130 after an interrupt."""
    prepare_streams()
    try:
        try:
            command()
            sys.stdout.flush()
        finally:
            _drop_unwritable_output()
    except BrokenPipeError:  # the reader of the output closed the pipe
        return 0
    except expected as error:
        return _report(f"{name}: {' '.join(str(error).split())}", 2)
    except MemoryError:
        return _report(f"{name}: out of memory; try a smaller problem", 2)
    except KeyboardInterrupt:
        return _report(f"{name}: interrupted", 130)
    return 0


def prepare_streams() -> None:
    """Replace characters that the console cannot encode instead of raising, and open streams that the shell closed (`>&-`)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        if hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="replace")


def _report(message: str, status: int) -> int:
    """Print a message as an error and return the exit status."""
    with suppress(OSError):  # a closed pipe or a full disk
        print(message, file=sys.stderr)
    return status


def _drop_unwritable_output() -> None:
    """Send output that cannot be written, to a closed pipe or a full disk, nowhere: Python would fail again at its exit."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
