"""What the commands share: errors on one line with exit status 2, any console encoding, closed pipes."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import NoReturn


class Parser(ArgumentParser):
    """A parser whose errors are one line, after the name of the command."""

    def error(self, message: str) -> NoReturn:
        """Print what was wrong and leave with status 2."""
        self.exit(2, f"{self.prog.split()[-1]}: {message} (see --help)\n")


def run_command(name: str, command: Callable[[], None], expected: tuple[type[Exception], ...]) -> int:
    """Run a command; returns its exit status: 0, 2 after an expected error, 130 after an interrupt."""
    allow_any_character()
    try:
        command()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except expected as error:
        print(f"{name}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except MemoryError:
        print(f"{name}: this does not fit into memory; try something smaller", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
    return 0


def allow_any_character() -> None:
    """Replace characters that the console cannot show instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
