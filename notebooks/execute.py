"""Run the notebooks of the course and store them with what they showed.

    python notebooks/execute.py              run all, each in a new kernel, and store them
    python notebooks/execute.py 01 15        only these
    python notebooks/execute.py --check      run, store nothing, and say where the stored outputs differ from fresh ones
    python notebooks/execute.py --index      write README.md, the list of notebooks and the table of the course

What is stored does not change from run to run: no times, ids made from the cells' text, no more metadata than Jupyter needs.
A cell tagged "picture" must show one, and none may write to stderr.
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
LIMIT = 180  # seconds that a notebook may take on a busy machine
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class NotebookError(Exception):
    """A notebook that does not run, or does not show what it should."""


def main(arguments: Sequence[str]) -> int:
    """What a person asked for on the command line; 0 if all is well."""
    parser = argparse.ArgumentParser(prog="execute.py", description="Run the notebooks of the course and store their outputs.")
    parser.add_argument("notebooks", nargs="*", metavar="NN", help="numbers or names of notebooks (all, if none is given)")
    parser.add_argument("--check", action="store_true", help="compare fresh outputs with the stored ones and store nothing")
    parser.add_argument("--index", action="store_true", help="write README.md from the notebooks and syllabus.py")
    given = parser.parse_args(arguments)
    if given.index:
        (FOLDER / "README.md").write_text(course.index(), encoding="utf-8")
        return 0
    failed = 0
    try:
        for path in chosen(given.notebooks):
            start = monotonic()
            try:
                check(path) if given.check else store(path)
                print(f"{path.name}: {monotonic() - start:.1f} s")
            except NotebookError as error:
                failed = 1
                print(f"{path.name}: {error}", file=sys.stderr)
    except (ImportError, ValueError) as error:
        print(f"execute.py: {error}", file=sys.stderr)
        return 2
    return failed


def chosen(names: Sequence[str]) -> list[Path]:
    """The notebooks with these numbers or names, or all."""
    found = []
    for name in names:
        stem = Path(name).stem
        fitting = [path for path in course.notebooks() if path.stem == stem or path.stem.split("-")[0] == stem]
        if not fitting:
            raise ValueError(f"there is no notebook {name!r}; there are {', '.join(p.stem for p in course.notebooks())}")
        found += fitting
    return found or course.notebooks()


def store(path: Path) -> None:
    """Run a notebook and store it with its outputs."""
    import nbformat

    fresh = executed(path)
    text = nbformat.writes(fresh)
    path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")


def check(path: Path) -> None:
    """Run a notebook and compare what it shows with what is stored.

    Raises NotebookError where texts or kinds of pictures differ.
    """
    fresh, stored = executed(path), course.read(path)
    pairs = zip(fresh.cells, stored["cells"], strict=True)
    found = [text for i, (new, old) in enumerate(pairs, start=1) for text in _differences(i, old, new)]
    if found:
        raise NotebookError("\n  ".join(["the stored outputs are not those of a fresh run (execute.py stores them)", *found]))


def executed(path: Path, limit: float = LIMIT, mnist: str = "") -> Any:
    """The notebook after a run from a new kernel in the repository's root, in its normal form.

    limit: seconds that all cells may take together.
    mnist: where the full MNIST is; the embedded digits take its place if this is not said.

    Raises NotebookError if a cell fails, takes too long, writes to stderr, or is tagged "picture" and shows none.
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
    # No kernels that a person has installed: this Python runs the notebook.
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    end = monotonic() + limit
    client = NotebookClient(
        notebook, manager, resources={"metadata": {"path": str(FOLDER.parent)}}, record_timing=False, coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"], timeout_func=lambda cell: max(1, round(end - monotonic())),
    )  # fmt: skip
    try:
        with TemporaryDirectory() as settings:
            client.execute(env=_environment(settings, mnist), cleanup_kc=True)
    except CellTimeoutError:
        raise NotebookError(f"it takes longer than {limit:.0f} s") from None
    except (CellExecutionError, DeadKernelError) as error:
        raise NotebookError(_plain(str(error))) from None
    found = [text for i, cell in enumerate(notebook.cells, start=1) for text in _faults(i, cell)]
    if found:
        raise NotebookError("\n  ".join(["", *found]))
    return normal(notebook)


def normal(notebook: Any) -> Any:
    """The notebook with nothing in it that differs from run to run or from machine to machine without need."""
    notebook.metadata = KERNEL
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("jupyter", "tags") if key in cell.metadata}
        digest = sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:8]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def _environment(settings: str, mnist: str) -> dict[str, str]:
    """What the kernel sees: this tree first, the data it was given, nobody's own IPython settings."""
    own = {name: value for name, value in os.environ.items() if name != "CHAINRULE_MNIST"}
    path = [str(FOLDER.parent), *filter(None, [own.get("PYTHONPATH")])]
    own |= {"PYTHONPATH": os.pathsep.join(path), "IPYTHONDIR": settings}
    return own | {"CHAINRULE_MNIST": os.path.abspath(mnist)} if mnist else own


def _faults(number: int, cell: Any) -> Iterator[str]:
    """What a cell should not show, and what it should and does not."""
    for output in cell.get("outputs", []):
        if output.get("name") == "stderr":
            yield f"cell {number} writes to stderr: {output['text'].strip()}"
    if "picture" in course.tags(cell) and not _pictures(cell):
        yield f"cell {number} is tagged as a picture and shows none"


def _differences(number: int, old: Any, new: Any) -> Iterator[str]:
    """Where two runs of a cell show different texts, or other kinds of pictures."""
    for what, found in (("text", _text), ("pictures", _pictures)):
        before, after = found(old), found(new)
        if before != after:
            yield f"cell {number}, {what}: stored {_short(before)}, fresh {_short(after)}"


def _text(cell: Any) -> str:
    """What a cell printed or showed as text; what stands for a picture in a terminal does not count."""
    parts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if not _kinds(data):
            parts.append(output.get("text") or data.get("text/plain", ""))
    return "".join(line for part in parts for line in part)


def _pictures(cell: Any) -> list[str]:
    """The kinds of the pictures that a cell shows, in their order."""
    return [kind for output in cell.get("outputs", []) for kind in _kinds(output.get("data", {}))]


def _kinds(data: Any) -> list[str]:
    drawn = re.search(r"<(img|svg)\b", "".join(data.get("text/html", "")))
    return [kind for kind in sorted(data) if kind.startswith("image/") or (kind == "text/html" and drawn)]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:100]} … {text[-100:]}"


def _plain(text: str) -> str:
    """Text without the colors of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
