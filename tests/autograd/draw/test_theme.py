"""The themes of pictures: contrast in light and dark, light pages in print."""

import re

import pytest

from autograd import Tensor, draw
from autograd.draw import health, style, theme


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(text, paper):
    """The contrast of WCAG 2: from 1 to 21."""
    lighter, darker = sorted((luminance(text), luminance(paper)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


LIGHT_FILLS = [*(s.fill for s in style.VERTEX_STYLES.values()), style.DERIVATIVE.fill, style.PAPER]
DARK_FILLS = [*(fill for fill, _ in theme.DARK_VERTICES.values()), theme.DARK_PAPER]


@pytest.mark.parametrize("fill", LIGHT_FILLS)
def test_contrast_of_text_in_the_light_theme(fill):
    assert min(contrast(color, fill) for color in (style.INK, style.MUTED, style.ACTIVE)) >= 4.5


@pytest.mark.parametrize("fill", DARK_FILLS)
def test_contrast_of_text_in_the_dark_theme(fill):
    assert min(contrast(color, fill) for color in (theme.DARK_INK, theme.DARK_MUTED, theme.DARK_ACTIVE)) >= 4.5


def test_contrast_of_text_on_colors_of_health():
    for band in (*health.BANDS, health.ZERO, health.NOT_FINITE, health.NO_GRADIENT):
        assert contrast(style.PAPER if band.dark else style.INK, band.fill) >= 4.5


@pytest.mark.parametrize(("line", "paper"), [(s.line, style.PAPER) for s in style.VERTEX_STYLES.values()])
def test_contrast_of_borders(line, paper):
    assert contrast(line, paper) >= 3


def test_every_kind_of_vertex_has_colors_in_the_dark_theme():
    assert set(theme.DARK_VERTICES) == {*style.VERTEX_STYLES, "backward"}


def test_dark_rules_are_for_screens_only():
    x = Tensor(3.0, requires_grad=True)
    sheet = re.search(r"<style>(.*?)</style>", draw(x * x).svg, re.DOTALL)[1]
    light, dark = sheet.split("@media screen and (prefers-color-scheme: dark)")
    assert theme.DARK_PAPER in dark
    assert not any(color in light for color in (theme.DARK_PAPER, theme.DARK_INK, theme.DARK_MUTED))
