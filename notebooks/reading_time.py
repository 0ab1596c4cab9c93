"""Estimate how long a reader needs for each notebook of the course.

    python notebooks/reading_time.py         the minutes of all notebooks
    python notebooks/reading_time.py 01 15   only these

Text takes a minute for 150 words, code a minute for 10 lines, a picture 45 seconds, an exercise four minutes. Solutions and
checks are not counted.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import course
from execute import select

WORDS_PER_MINUTE = 150
LINES_PER_MINUTE = 10
PICTURE_MINUTES = 0.75
EXERCISE_MINUTES = 4
SITTING = 60  # minutes, at most


class Workload(NamedTuple):
    """What a reader reads and does in a notebook."""

    words: int
    lines: int
    pictures: int
    exercises: int

    @property
    def minutes(self) -> float:
        """The estimated time."""
        return (
            self.words / WORDS_PER_MINUTE
            + self.lines / LINES_PER_MINUTE
            + self.pictures * PICTURE_MINUTES
            + self.exercises * EXERCISE_MINUTES
        )


def workload(path: Path) -> Workload:
    """Count the words, lines of code, pictures and exercises of a notebook."""
    cells = course.read(path)["cells"]
    shown = [cell for cell in cells if not {"solution", "check", "answer"} & set(course.tags(cell))]
    text = [course.source(cell) for cell in shown if cell["cell_type"] == "markdown"]
    code = [course.source(cell) for cell in shown if cell["cell_type"] == "code"]
    return Workload(
        words=sum(len(source.split()) for source in text),
        lines=sum(bool(line.strip()) for source in code for line in source.splitlines()),
        pictures=sum("picture" in course.tags(cell) for cell in shown),
        exercises=sum("solution" in course.tags(cell) for cell in cells),
    )


def main(names: Sequence[str]) -> int:
    """Print a table. Returns the exit status, 0 for success."""
    try:
        paths = select(names)
    except ValueError as error:
        print(f"reading_time.py: {error}", file=sys.stderr)
        return 2
    print(f"{'minutes':>7} {'words':>6} {'lines':>6} {'pictures':>8} {'exercises':>9}  notebook")
    for path in paths:
        load = workload(path)
        print(f"{load.minutes:7.0f} {load.words:6} {load.lines:6} {load.pictures:8} {load.exercises:9}  {path.stem}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
