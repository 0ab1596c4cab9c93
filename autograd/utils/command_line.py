"""Common parts of the commands: errors on one line with exit status 2, console encodings, closed pipes."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import NoReturn


class Parser(ArgumentParser):
    """An argument parser that prints errors on one line, after the name of the command."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit with status 2."""
        self.exit(2, f"{self.prog.split()[-1]}: {message} (see --help)\n")


def run_command(name: str, command: Callable[[], None], expected: tuple[type[Exception], ...]) -> int:
    """Run a command and return its exit status: 0, 2 after an expected error, 130 after an interrupt."""
    allow_any_character()
    try:
        command()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of the output closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except expected as error:
        print(f"{name}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except MemoryError:
        print(f"{name}: out of memory; try a smaller problem", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
    return 0


def allow_any_character() -> None:
    """Replace characters that the console cannot encode instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
