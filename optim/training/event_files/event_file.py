"""A folder of event files: append events, and read which epochs it has."""

import re
import time
from collections.abc import Iterable
from pathlib import Path

from autograd.extend import atomic_files
from optim.training.event_files.protobuf import double, fields, integer, message, text
from optim.training.event_files.records import read_records, record

FILE_VERSION = "brain.Event:2"
NAME = re.compile(r"events\.out\.tfevents\.(\d+)\.(\d+)\.chainrule")
START = 1  # SessionLog.START


class EventFolder:
    """The event files of one curve of TensorBoard: a folder to which events are appended, each completely or not at all.

    The first event opens a file. A file begins with the start of a session at a step: events of earlier files at this step or
    later are discarded by the reader, so that a training that goes on after it was killed has no step twice. Earlier files are
    not changed, because a TensorBoard that is running reads on where it was.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self._file: Path | None = None
        self._first_step: int | None = None

    def files(self) -> list[Path]:
        """The event files in the folder, in the order in which they are read; also those of other programs."""
        return sorted(self.path.glob("*tfevents*")) if self.path.is_dir() else []

    def start_at(self, step: int) -> None:
        """Open a new file with the next event, which discards what earlier files have at this step or later."""
        self._file, self._first_step = None, step

    def delete(self) -> None:
        """Delete the event files."""
        for path in self.files():
            path.unlink()
        self._file = None

    def append(self, events: Iterable[bytes]) -> None:
        """Append events in one write; raises OSError, after which the file is as before."""
        content = b"".join(map(record, events))
        if not content:
            return
        if self._file is not None:
            atomic_files.append_bytes(self._file, content)
            return
        self.path.mkdir(parents=True, exist_ok=True)
        file = self.path / self._new_name()
        try:
            atomic_files.append_bytes(file, b"".join(map(record, self._head())) + content)
        except BaseException:  # a file without its head is none, also where the person interrupts
            file.unlink(missing_ok=True)
            raise
        self._file = file

    def steps_of(self, tag: str) -> set[int]:
        """The steps at which the files have a value of this tag."""
        name, steps = tag.encode(), set[int]()
        for path in self.files():
            for content in read_records(path):
                try:
                    step, tags, is_start = _describe(content)
                except ValueError:  # not an event: of another program
                    break
                if is_start:
                    steps = {earlier for earlier in steps if earlier < step}
                if name in tags:
                    steps.add(step)
        return steps

    def _head(self) -> list[bytes]:
        """The first events of a file: its version, and the start of a session."""
        version = double(1, time.time()) + text(3, FILE_VERSION)
        first = self._first_step if self._first_step is not None else (None if self.files() else 0)
        return [version] if first is None else [version, _event(first, 7, integer(1, START))]  # session_log

    def _new_name(self) -> str:
        """A name after those of all files in the folder, also if the clock was set back."""
        matches = [match for path in self.files() if (match := NAME.fullmatch(path.name))]
        latest = max((int(match[1]) for match in matches), default=0)
        number = max((int(match[2]) for match in matches), default=-1) + 1
        return f"events.out.tfevents.{max(int(time.time()), latest):010d}.{number:06d}.chainrule"


def summary_event(step: int, *values: bytes) -> bytes:
    """An Event at the present time with values of `summaries`."""
    return _event(step, 5, b"".join(values))


def graph_event(graph: bytes) -> bytes:
    """An Event with a GraphDef."""
    return _event(0, 4, graph)


def _event(step: int, number: int, content: bytes) -> bytes:
    """An Event: wall_time, step, and a field that says which kind of event it is."""
    return double(1, time.time()) + integer(2, step) + message(number, content)


def _describe(content: bytes) -> tuple[int, set[bytes], bool]:
    """The step of an event, the tags of its values, and whether it starts a session."""
    step, tags, is_start = 0, set[bytes](), False
    for number, value in fields(content):
        if number == 2 and isinstance(value, int):
            step = value
        elif number == 5 and isinstance(value, bytes):
            values = [dict(fields(item)) for _, item in fields(value) if isinstance(item, bytes)]
            tags |= {tag for item in values if isinstance(tag := item.get(1), bytes)}
        elif number == 7 and isinstance(value, bytes):
            is_start = (1, START) in list(fields(value))
    return step, tags, is_start
