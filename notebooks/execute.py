"""Run the notebooks of the course and store them with their outputs.

    python notebooks/execute.py              run and store all, each in a new kernel
    python notebooks/execute.py 01 15        only these
    python notebooks/execute.py --check      run all and report where the stored outputs differ; store nothing
    python notebooks/execute.py --index      write README.md, the list of notebooks and the syllabus

The stored file does not change from run to run: it has no times and no progress bars, ids are hashes of the cells' sources, and
metadata is minimal.
A cell tagged "picture" must show a picture. No cell may write to stderr.
"""

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import course

FOLDER = Path(__file__).parent
TIME_LIMIT = 180  # seconds per notebook, enough for a busy machine
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class NotebookError(Exception):
    """A notebook fails, or its outputs are not as expected."""


def main(arguments: Sequence[str]) -> int:
    """Run the command line. Returns the exit status, 0 for success."""
    parser = argparse.ArgumentParser(prog="execute.py", description="Run the notebooks of the course and store their outputs.")
    parser.add_argument("notebooks", nargs="*", metavar="NN", help="numbers or names of notebooks (default: all)")
    parser.add_argument("--check", action="store_true", help="compare new outputs with the stored ones; store nothing")
    parser.add_argument("--index", action="store_true", help="write README.md from the notebooks and syllabus.py")
    options = parser.parse_args(arguments)
    if options.index:
        (FOLDER / "README.md").write_text(course.index(), encoding="utf-8")
        return 0
    status = 0
    try:
        for path in select(options.notebooks):
            start = monotonic()
            try:
                check(path) if options.check else store(path)
                print(f"{path.name}: {monotonic() - start:.1f} s")
            except NotebookError as error:
                status = 1
                print(f"{path.name}: {error}", file=sys.stderr)
    except (ImportError, ValueError) as error:
        print(f"execute.py: {error}", file=sys.stderr)
        return 2
    return status


def select(names: Sequence[str]) -> list[Path]:
    """The notebooks with these numbers or names; all if there are no names.

    Raises ValueError for an unknown name.
    """
    selected = []
    for name in names:
        stem = Path(name).stem
        matches = [path for path in course.notebooks() if path.stem == stem or path.stem.split("-")[0] == stem]
        if not matches:
            raise ValueError(f"there is no notebook {name!r}; available: {', '.join(p.stem for p in course.notebooks())}")
        selected += matches
    return selected or course.notebooks()


def store(path: Path) -> None:
    """Run a notebook and store it with its outputs."""
    import nbformat

    text = nbformat.writes(execute(path))
    path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")


def check(path: Path) -> None:
    """Run a notebook and compare its outputs with the stored ones.

    Raises NotebookError if texts or formats of pictures differ.
    """
    compare(execute(path).cells, course.read(path)["cells"])


def compare(fresh: Sequence[Any], stored: Sequence[Any]) -> None:
    """Compare the outputs of new cells with those of the stored ones.

    Raises NotebookError if texts or formats of pictures differ.
    """
    pairs = zip(fresh, stored, strict=True)
    differences = [line for i, (new, old) in enumerate(pairs, start=1) for line in _differences(i, old, new)]
    if differences:
        message = "the stored outputs differ from those of a new run (run execute.py to store them)"
        raise NotebookError("\n  ".join([message, *differences]))


def execute(path: Path, limit: float = TIME_LIMIT, mnist: str = "") -> Any:
    """Run a notebook in a new kernel in the repository's root and return it in its normal form.

    limit: seconds for all cells together.
    mnist: path of MNIST; "" uses the embedded digits.

    Raises NotebookError if a cell fails, writes to stderr, or is tagged "picture" and shows none, or if the limit is exceeded.
    """
    try:
        import nbformat
        from jupyter_client import AsyncKernelManager
        from jupyter_client.kernelspec import KernelSpecManager
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    except ImportError as error:
        raise ImportError(f"running notebooks needs {error.name}: pip install 'chainrule[notebooks]'") from None
    notebook = nbformat.read(path, as_version=4)
    # Without the kernels installed for this user, this Python runs the notebook.
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    end = monotonic() + limit
    client = NotebookClient(
        notebook, manager, resources={"metadata": {"path": str(FOLDER.parent)}}, record_timing=False, coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"], timeout_func=lambda cell: max(1, round(end - monotonic())),
    )  # fmt: skip
    try:
        with TemporaryDirectory() as ipython_folder:
            client.execute(env=_environment(ipython_folder, mnist), cleanup_kc=True)
    except CellTimeoutError:
        raise NotebookError(f"the notebook takes longer than {limit:.0f} s") from None
    except (CellExecutionError, DeadKernelError) as error:
        raise NotebookError(_without_colors(str(error))) from None
    errors = [line for i, cell in enumerate(notebook.cells, start=1) for line in _output_errors(i, cell)]
    if errors:
        raise NotebookError("\n  ".join(["", *errors]))
    return normalize(notebook)


def normalize(notebook: Any) -> Any:
    """Remove everything that differs between runs or machines: metadata, ids, times."""
    notebook.metadata = KERNEL
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    counts: Counter[str] = Counter()
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("jupyter", "tags") if key in cell.metadata}
        digest = sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:8]
        counts[digest] += 1
        cell.id = digest if counts[digest] == 1 else f"{digest}-{counts[digest]}"
    return notebook


def _environment(ipython_folder: str, mnist: str) -> dict[str, str]:
    """The kernel's environment: this tree and folder on the path, no settings of IPython, no progress bars, MNIST if given."""
    data = {"CHAINRULE_MNIST", "CHAINRULE_NAMES", "CHAINRULE_TEXT"}  # the stored outputs are those without them
    variables = {name: value for name, value in os.environ.items() if name not in data}
    path = [str(FOLDER.parent), str(FOLDER), *filter(None, [variables.get("PYTHONPATH")])]
    variables |= {"PYTHONPATH": os.pathsep.join(path), "IPYTHONDIR": ipython_folder, "TQDM_DISABLE": "1"}
    return variables | {"CHAINRULE_MNIST": os.path.abspath(mnist)} if mnist else variables


def _output_errors(number: int, cell: Any) -> Iterator[str]:
    """Outputs that a cell must not have, and a picture that is missing."""
    for output in cell.get("outputs", []):
        if output.get("name") == "stderr":
            yield f"cell {number} writes to stderr: {output['text'].strip()}"
    if "picture" in course.tags(cell) and not picture_formats(cell):
        yield f"cell {number} is tagged as a picture and shows none"


def _differences(number: int, old: Any, new: Any) -> Iterator[str]:
    """Differences between the texts, and between the formats of the pictures, of two runs of a cell."""
    for name, extract in (("text", output_text), ("pictures", picture_formats)):
        before, after = extract(old), extract(new)
        if before != after:
            yield f"cell {number}, {name}: stored {_short_repr(before)}, new {_short_repr(after)}"


def output_text(cell: Any) -> str:
    """The text that a cell prints or shows, without the text representation of pictures."""
    parts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if not _picture_formats_of(data):
            parts.append(output.get("text") or data.get("text/plain", ""))
    return "".join(line for part in parts for line in part)


def picture_formats(cell: Any) -> list[str]:
    """The MIME types of the pictures that a cell shows, in order."""
    return [mime_type for output in cell.get("outputs", []) for mime_type in _picture_formats_of(output.get("data", {}))]


def _picture_formats_of(data: Any) -> list[str]:
    has_image = re.search(r"<(img|svg)\b", "".join(data.get("text/html", "")))
    return [
        mime_type for mime_type in sorted(data) if mime_type.startswith("image/") or (mime_type == "text/html" and has_image)
    ]


def _short_repr(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:100]} … {text[-100:]}"


def _without_colors(text: str) -> str:
    """Text without a terminal's color codes."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
