"""A figure that shows itself in Jupyter; the one file here that cannot be imported without matplotlib."""

from io import BytesIO

from matplotlib.figure import Figure
from PIL import Image  # which matplotlib brings along

SHARPNESS = 1.6  # pixels of the picture for one on the page, so that it stays sharp where screens are fine or zoomed


class Picture(Figure):
    """A matplotlib Figure outside of pyplot, so that nothing has to be closed. In Jupyter it shows itself."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        drawn, content = BytesIO(), BytesIO()
        self.savefig(drawn, format="png", dpi=self.dpi * SHARPNESS)
        # 256 colors look the same and take a third of the room in a stored notebook.
        few = Image.open(drawn).convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(content, "png", optimize=True)
        width, height = (round(side * self.dpi) for side in self.get_size_inches())
        return content.getvalue(), {"width": width, "height": height}
