"""A figure that Jupyter displays; the only module here that imports matplotlib at its top."""

from io import BytesIO

from matplotlib.figure import Figure
from PIL import Image  # a dependency of matplotlib

PIXEL_RATIO = 1.6  # pixels of the image for one pixel of the page: the image stays sharp on screens of high resolution


class NotebookFigure(Figure):
    """A matplotlib Figure that is not registered in pyplot, so that nothing has to be closed. Jupyter displays it as PNG."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        original, content = BytesIO(), BytesIO()
        self.savefig(original, format="png", dpi=self.dpi * PIXEL_RATIO)
        # 256 colors look the same and take a third of the space in a stored notebook.
        reduced = Image.open(original).convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        reduced.save(content, "png", optimize=True)
        width, height = (round(side * self.dpi) for side in self.get_size_inches())
        return content.getvalue(), {"width": width, "height": height}
