"""The notebooks of the course, and the page that lists them: what README.md is written from.

The notebooks themselves say where a row of the course is shown, by a cell's tag: "course:A1".
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from syllabus import PARTS, ROWS

FOLDER = Path(__file__).parent

#: What each notebook is about, in a line.
SITTINGS = {
    "01-the-chain-rule-seen": "A formula as a graph, and backprop through it module by module",
    "02-from-perceptron-to-xor": "One unit that learns, what it cannot learn, and two layers that can",
    "03-activations": "Every activation with its slope, range and continuity, and which one for which job",
    "04-losses-and-least-squares": "Three points and a line; what each loss rewards and pulls at",
    "05-three-batchings": "All examples, one, or some in a step: the same gradient on average, different paths and costs",
    "06-optimizers-on-surfaces": "How each optimizer turns a gradient into a step, what it remembers, and where it goes",
    "07-learning-rates-and-schedules": "Too small, right, too large, and rates that fall as training goes on",
    "08-vanishing-exploding-initialization": "Why deep nets would not learn, seen layer by layer, and what each cure does",
    "09-batch-normalization": "Normalizing by the batch in training, by running averages afterwards, and folding it away",
    "10-clipping-and-cliffs": "What a cliff of the loss does to a step, and two ways to limit it",
    "11-over-fitting-and-its-cures": "Too simple, right, too rich; penalties, and stopping in time",
    "12-dropout-as-an-ensemble": "Random masks as many nets in one, by enumeration and by sampling",
    "13-universal-approximation": "One hidden layer that fits any curve, and what learning by trying costs beside gradients",
    "14-digits-from-start-to-finish": "A classifier of handwritten digits: data, model, training, measures, files",
    "15-an-engine-in-100-lines": "Reverse-mode autodiff built by hand, until it trains a net",
    "16-check-your-own-gradients": "Formulas proved by differences, and what the checker says to classic mistakes",
}

OPENING = """# The course

Everything the lectures teach, seen. Every notebook runs within a minute, is stored with its outputs, and ends with three
exercises whose solutions are folded. With Python ≥ 3.11, in a checkout:

```bash
pip install -e ".[notebooks]" && jupyter lab notebooks
```

`python notebooks/execute.py` runs them all and stores them, `--check` compares instead, `--index` writes this page. Digits are
the embedded ones; with the full MNIST in `$CHAINRULE_MNIST` the same cells use that.
"""


def notebooks() -> list[Path]:
    """The notebooks in reading order."""
    return sorted(FOLDER.glob("[0-9][0-9]-*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    """A notebook as it is stored."""
    return json.loads(path.read_text(encoding="utf-8"))


def text(cell: Any) -> str:
    """What is written in a cell."""
    return "".join(cell["source"])


def tags(cell: Any) -> list[str]:
    """The tags of a cell."""
    return cell["metadata"].get("tags", [])


def shown(path: Path) -> Iterator[tuple[str, str]]:
    """The rows that a notebook shows, each with the heading it stands under."""
    heading = ""
    for cell in read(path)["cells"]:
        if cell["cell_type"] == "markdown":
            headings = [line.lstrip("#").strip() for line in text(cell).splitlines() if line.startswith("#")]
            heading = headings[-1] if headings else heading
        for tag in tags(cell):
            if tag.startswith("course:"):
                yield tag.removeprefix("course:"), heading


def title(path: Path) -> str:
    """The first heading of a notebook."""
    return text(read(path)["cells"][0]).splitlines()[0].removeprefix("# ")


def index() -> str:
    """README.md: the notebooks in reading order, and the table of the course."""
    places: dict[str, dict[str, None]] = {row: {} for row in ROWS}
    lines = [OPENING, "## Notebooks", "", "| | Notebook | |", "|---|---|---|"]
    for path in notebooks():
        number = path.stem.split("-")[0]
        lines.append(f"| {number} | [{title(path)}]({path.name}) | {SITTINGS.get(path.stem, '')} |")
        for row, heading in shown(path):
            places[row][f"[{number} {heading}]({path.name}#{quote(heading.replace(' ', '-'))})"] = None
    lines += [
        "",
        "## Where everything is",
        "",
        "Besides the tests named here, every notebook asserts its numbers, and CI runs it.",
    ]
    for letter, part in PARTS.items():
        lines += ["", f"### {letter}. {part}", "", "| Row | | Seen in | Tested by |", "|---|---|---|---|"]
        for row, (what, tests, later) in ROWS.items():
            if row.startswith(letter):
                seen = "<br>".join([*places[row], *([f"later: {later}"] if later else [])])
                proved = "<br>".join(f"[{test}](../tests/{test.split('::')[0]})" for test in tests)
                lines.append(f"| {row} | {what} | {seen} | {proved} |")
    return "\n".join([*lines, ""])
