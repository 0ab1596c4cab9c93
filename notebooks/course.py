"""The notebooks of the course and the text of their index, README.md.

A cell's tag such as "course:A1" marks the cell that shows a topic of the syllabus. The tags "answer", "check" and "solution"
mark the three cells of an exercise, in this order (see exercises.py).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from disagreements import DISAGREEMENTS
from syllabus import PARTS, TOPICS

FOLDER = Path(__file__).parent

#: One line about each notebook.
SUMMARIES = {
    "01-the-chain-rule-seen": "A formula as a graph, and backpropagation through it module by module",
    "02-an-engine-in-100-lines": "Reverse-mode automatic differentiation from scratch, up to a network that trains",
    "03-check-your-own-gradients": "Gradient formulas against finite differences, and the messages for classic mistakes",
    "04-from-perceptron-to-xor": "A neuron and a unit, its learning rule and its limits, and two layers that learn XOR",
    "05-universal-approximation": "One hidden layer that fits a curve, and the cost of random search compared with gradients",
    "06-activations": "Every activation with its slope, range and continuity, and the printed formulas that are wrong",
    "07-losses-and-least-squares": "A line through three points; the values and gradients of each loss",
    "08-three-batchings": "All, one, or some examples per step: the same mean gradient, different paths and costs",
    "09-optimizers-on-surfaces": "The update, the state and the path of each optimizer; three strengths and weaknesses",
    "10-learning-rates-and-schedules": "Rates that are too small, right and too large, and rates that decay during training",
    "11-choosing-an-activation": "The output activation for each task, how many layers and units, saturation and dead units",
    "12-vanishing-exploding-initialization": "Gradients of deep networks layer by layer, and the effect of each remedy",
    "13-batch-normalization": "Normalization by the batch in training, by running averages in evaluation, and folding",
    "14-clipping-and-cliffs": "The step at a cliff of the loss, and two ways to limit it",
    "15-over-fitting-and-its-cures": "Underfitting, good fit and overfitting; penalties and early stopping",
    "16-dropout-as-an-ensemble": "Random masks as an ensemble of networks, by enumeration and by sampling",
    "17-digits-from-start-to-finish": "A classifier of handwritten digits: data, model, training, metrics, files",
    "18-convolution-and-pooling": "Filters as images, shared weights against an MLP, the pixels that decide, and folding",
    "19-recurrent-nets-and-the-lstm": "Gradients through 100 steps, the cell that carries them, and names written by character",
    "20-attention-and-a-small-gpt": "Attention weights, the causal mask, and a transformer that learns to add and to write",
    "21-debug-this-training": "Ten trainings that fail without an error, and the picture or number that tells why",
    "22-capstone": "The engine of 100 lines on handwritten digits, with ablations and error bars over seeds",
}

OPENING = """# The course

The notebooks show every topic of the lectures. Each is one sitting of about an hour, runs within a minute, is stored with its
outputs, and ends with exercises: an empty cell for the answer, a check that says whether it is right, and a collapsed solution.
With Python ≥ 3.11, in a checkout:

```bash
pip install -e ".[notebooks]" && jupyter lab notebooks
```

The lectures have numbers: 000, 001 and 002 are three editions of *Introduction to Neural Networks* (Sharif University of
Technology, 2022), 003 is *CS 7150: Deep Learning*, 004 is *Introduction to TensorFlow and Artificial Neural Networks*. A slide
is named by its lecture and its title, such as "lecture 002, *Forward Propagation*". You do not need the slides.

`python notebooks/execute.py` runs and stores all notebooks, `--check` compares instead, and `--index` writes this page;
`python notebooks/reading_time.py` estimates the minutes for each. The digits are the embedded data set; if `$CHAINRULE_MNIST`
names a copy of MNIST, the same cells use MNIST.
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


def exercises(cells: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """The cells of each exercise: answer, check, solution."""
    for i, cell in enumerate(cells):
        if "answer" in tags(cell):
            yield cell, cells[i + 1], cells[i + 2]


def title(path: Path) -> str:
    """The first heading of a notebook."""
    return source(read(path)["cells"][0]).splitlines()[0].removeprefix("# ")


def headings(path: Path) -> set[str]:
    """The headings of a notebook."""
    texts = [source(cell) for cell in read(path)["cells"] if cell["cell_type"] == "markdown"]
    return {line.lstrip("#").strip() for text in texts for line in text.splitlines() if line.startswith("#")}


def link(path: Path, heading: str) -> str:
    """A link to a heading of a notebook."""
    return f"[{path.stem.split('-')[0]} {heading}]({path.name}#{quote(heading.replace(' ', '-'))})"


def appendix() -> list[str]:
    """The lines of the table of statements that measurement contradicts."""
    paths = {path.stem.split("-", 1)[1]: path for path in notebooks()}
    return [
        "",
        "## Appendix: where the lectures and measurement disagree",
        "",
        "| Lecture | Slide | says | but | shown in |",
        "|---|---|---|---|---|",
        *[
            f"| {row.lectures} | *{row.slide}* | {row.statement} | {row.truth} | {link(paths[row.notebook], row.heading)} |"
            for row in sorted(DISAGREEMENTS)
        ],
    ]


def index() -> str:
    """The text of README.md: the notebooks in reading order, the topics of the syllabus, and the appendix."""
    links: dict[str, dict[str, None]] = {topic: {} for topic in TOPICS}
    lines = [OPENING, "## Notebooks", "", "| | Notebook | |", "|---|---|---|"]
    for path in notebooks():
        number = path.stem.split("-")[0]
        lines.append(f"| {number} | [{title(path)}]({path.name}) | {SUMMARIES.get(path.stem, '')} |")
        for topic, heading in topics(path):
            links[topic][link(path, heading)] = None
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
    return "\n".join([*lines, *appendix(), ""])
