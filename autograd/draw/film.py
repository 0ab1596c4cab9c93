"""A film: images with captions, shown by a slider in one HTML element that loads no other file, and saved as GIF."""

import base64
import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from autograd.draw.html import page_html, player_html
from autograd.utils.atomic_files import write_bytes

DPI = 90  # pixels per inch of a frame
COLORS = 128  # of a frame: figures look the same, and take a third of the space
FRAME_MILLISECONDS, LAST_MILLISECONDS = 150, 2000


class Film:
    """Images of a process over time, in at most `max_bytes`. Jupyter displays the film with a slider, also offline.

    max_bytes: the size of all images. Where the next image would exceed it, every second one is dropped, and from then on only
               every second one is kept, and so on; the caption says so. The first and the last image always stay.

    >>> from autograd.draw import Film, plots
    >>> film = Film()
    >>> for slope in (1.0, 2.0):
    ...     film.add(plots.function(lambda x: slope * x, (-1, 1)), f"slope {slope}")
    >>> film.captions
    ['slope 1.0', 'slope 2.0']
    >>> film.save("slopes.html")  # doctest: +SKIP
    """

    def __init__(self, max_bytes: int = 4_000_000):
        if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 1:
            raise ValueError(f"max_bytes must be a number of bytes, at least 1, got {max_bytes!r}")
        self.max_bytes = max_bytes
        self.stride, self.count = 1, 0  # one of `stride` images is kept, of the `count` images that were added
        self._frames: list[tuple[int, bytes, str]] = []  # number, PNG, caption

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def frames(self) -> list[bytes]:
        """The images, as PNG."""
        return [content for _, content, _ in self._frames]

    @property
    def captions(self) -> list[str]:
        """One line of text for each image."""
        notice = f" (one of {self.stride} images shown, for a size of {self.max_bytes:,} bytes)" if self.stride > 1 else ""
        return [caption + notice for _, _, caption in self._frames]

    @property
    def size(self) -> int:
        """The size of all images, in bytes."""
        return sum(len(content) for _, content, _ in self._frames)

    def add(self, image: Any, caption: str = "") -> None:
        """Add a matplotlib figure, a PNG as bytes, or an object that Jupyter displays as PNG.

        A last image that is not in the stride of the film is replaced by this one. Raises TypeError for anything else, and
        ValueError for an image that is larger than the film may be.
        """
        content = _to_png(image)
        if len(content) > self.max_bytes:
            raise ValueError(f"an image of {len(content):,} bytes is larger than the film may be, max_bytes={self.max_bytes:,}")
        if self._frames and self._frames[-1][0] % self.stride:
            self._frames.pop()
        self._frames.append((self.count, content, caption))
        self.count += 1
        while self.size > self.max_bytes:
            self.stride *= 2
            *before, last = self._frames
            self._frames = [*(frame for frame in before if frame[0] % self.stride == 0), last]
            if len(self._frames) == 2 and self.size > self.max_bytes:
                self._frames = [last]

    def save(self, path: str | Path) -> None:
        """Write the film to a file: .html with a slider; .gif with Pillow; .png for the last image.

        The file is written completely or not at all. Raises ValueError for another suffix or without images, and ImportError
        for .gif without Pillow.
        """
        path = Path(path)
        writers: Mapping[str, Callable[[], bytes]] = {
            ".html": lambda: page_html(self._html()).encode(),
            ".gif": self._to_gif,
            ".png": lambda: self.frames[-1],
        }
        if path.suffix.lower() not in writers:
            raise ValueError(f"{path.name}: the suffix must be one of {', '.join(writers)}")
        if not self._frames:
            raise ValueError(f"{path.name}: the film has no images")
        write_bytes(path, writers[path.suffix.lower()]())

    def __repr__(self) -> str:
        return f"<film of {len(self)} images, {self.size:,} bytes>"

    def _repr_html_(self) -> str | None:
        return self._html() if self._frames else None

    def _html(self) -> str:
        urls = [f"data:image/png;base64,{base64.b64encode(content).decode()}" for content in self.frames]
        image = f'<img style="max-width: 100%" alt="film, last image" src="{urls[-1]}">'
        data = {"captions": self.captions, "frames": urls, "delay": FRAME_MILLISECONDS, "label": "film"}
        return player_html(image, data)

    def _repr_png_(self) -> bytes | None:
        """The last image, for notebooks that are exported to LaTeX."""
        return self.frames[-1] if self._frames else None

    def _to_gif(self) -> bytes:
        try:
            from PIL import Image
        except ImportError:
            raise ImportError("a film as .gif needs Pillow: pip install pillow; .html needs nothing") from None
        images = [Image.open(BytesIO(content)).convert("RGB") for content in self.frames]
        size = max(image.width for image in images), max(image.height for image in images)
        pages = []
        for image in images:
            page = Image.new("RGB", size, "white")
            page.paste(image)
            pages.append(page.quantize(COLORS, dither=Image.Dither.NONE))
        content = BytesIO()
        durations = [*[FRAME_MILLISECONDS] * (len(pages) - 1), LAST_MILLISECONDS]
        pages[0].save(content, "GIF", save_all=True, append_images=pages[1:], duration=durations, loop=0)
        return content.getvalue()


def _to_png(image: Any) -> bytes:
    if isinstance(image, bytes):
        if not image.startswith(b"\x89PNG"):
            raise TypeError("a film takes PNG images; these bytes are none")
        return image
    if hasattr(image, "savefig"):
        return _figure_to_png(image)
    content = image._repr_png_() if hasattr(image, "_repr_png_") else None
    if isinstance(content, tuple):  # with metadata
        content = content[0]
    if not isinstance(content, bytes):
        raise TypeError(f"a film takes matplotlib figures and PNG images, not {type(image).__name__}")
    return content


def _figure_to_png(figure: Any) -> bytes:
    from PIL import Image  # a dependency of matplotlib

    original, content = BytesIO(), BytesIO()
    figure.savefig(original, format="png", dpi=DPI)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)  # figures of pyplot stay in memory until they are closed
    image = Image.open(original).convert("RGB")
    image.quantize(COLORS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(content, "png", optimize=True)
    return content.getvalue()
