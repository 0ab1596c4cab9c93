"""Pictures in files: one function for every picture that can be saved."""

from collections.abc import Callable, Mapping
from pathlib import Path

from autograd.draw.pdf import to_pdf
from autograd.draw.png import to_png
from autograd.draw.shapes import read_shapes
from autograd.utils.atomic_files import write_bytes


def save_picture(path: str | Path, svg: Callable[[], str], others: Mapping[str, Callable[[], str | bytes]]) -> None:
    """Write a picture to a file whose suffix is .svg, .pdf, .png, or one of `others`; completely or not at all.

    Raises ValueError for another suffix, and RuntimeError for .png if Graphviz is not installed or fails.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    writers = {
        ".svg": svg,
        **others,
        ".pdf": lambda: to_pdf(read_shapes(svg())),
        ".png": lambda: _render_png(path.name, svg()),
    }
    if suffix not in writers:
        raise ValueError(f"{path.name}: the suffix must be one of {', '.join(writers)}")
    content = writers[suffix]()
    write_bytes(path, content.encode() if isinstance(content, str) else content)


def _render_png(name: str, svg: str) -> bytes:
    content = to_png(read_shapes(svg))
    if content is None:
        raise RuntimeError(
            f"{name}: .png needs Graphviz (pip install 'chainrule[draw]'), which is not installed or failed; "
            ".svg and .pdf need nothing"
        )
    return content
