"""The notebooks of the course and the text of their index, README.md.

A cell's tag such as "course:A1" marks the cell that shows a topic of the syllabus.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from syllabus import PARTS, TOPICS

FOLDER = Path(__file__).parent

#: One line about each notebook.
SUMMARIES = {
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

The notebooks show every topic of the lectures. Each runs within a minute, is stored with its outputs, and ends with three
exercises whose solutions are collapsed. With Python ≥ 3.11, in a checkout:

```bash
pip install -e ".[notebooks]" && jupyter lab notebooks
```

`python notebooks/execute.py` runs and stores all notebooks, `--check` compares instead, and `--index` writes this page. The
digits are the embedded data set; if `$CHAINRULE_MNIST` names a copy of MNIST, the same cells use MNIST.
"""


def notebooks() -> list[Path]:
    """The notebooks in reading order."""
    return sorted(FOLDER.glob("[0-9][0-9]-*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    """The stored notebook."""
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell: Any) -> str:
    """The source of a cell."""
    return "".join(cell["source"])


def tags(cell: Any) -> list[str]:
    """The tags of a cell."""
    return cell["metadata"].get("tags", [])


def topics(path: Path) -> Iterator[tuple[str, str]]:
    """The topics that a notebook shows, each with the heading above it."""
    heading = ""
    for cell in read(path)["cells"]:
        if cell["cell_type"] == "markdown":
            headings = [line.lstrip("#").strip() for line in source(cell).splitlines() if line.startswith("#")]
            heading = headings[-1] if headings else heading
        for tag in tags(cell):
            if tag.startswith("course:"):
                yield tag.removeprefix("course:"), heading


def title(path: Path) -> str:
    """The first heading of a notebook."""
    return source(read(path)["cells"][0]).splitlines()[0].removeprefix("# ")


def index() -> str:
    """The text of README.md: the notebooks in reading order, and the topics of the syllabus."""
    links: dict[str, dict[str, None]] = {topic: {} for topic in TOPICS}
    lines = [OPENING, "## Notebooks", "", "| | Notebook | |", "|---|---|---|"]
    for path in notebooks():
        number = path.stem.split("-")[0]
        lines.append(f"| {number} | [{title(path)}]({path.name}) | {SUMMARIES.get(path.stem, '')} |")
        for topic, heading in topics(path):
            links[topic][f"[{number} {heading}]({path.name}#{quote(heading.replace(' ', '-'))})"] = None
    lines += [
        "",
        "## Syllabus",
        "",
        "Every notebook also asserts its numbers, and CI runs it.",
    ]
    for letter, part in PARTS.items():
        lines += ["", f"### {letter}. {part}", "", "| Topic | | Notebooks | Tests |", "|---|---|---|---|"]
        for topic, (description, tests, planned) in TOPICS.items():
            if topic.startswith(letter):
                notebook_links = "<br>".join([*links[topic], *([f"planned: {planned}"] if planned else [])])
                test_links = "<br>".join(f"[{test}](../tests/{test.split('::')[0]})" for test in tests)
                lines.append(f"| {topic} | {description} | {notebook_links} | {test_links} |")
    return "\n".join([*lines, ""])
