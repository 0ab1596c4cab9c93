"""Complex numbers in pictures."""

import numpy as np
import pytest

from autograd import Tensor, draw
from autograd.draw.number_format import describe, format_number, summarize, summarize_gradient


@pytest.mark.parametrize(("number", "text"), [
    (1 + 2j, "1+2j"), (0.5 - 1j, "0.5-1j"), (3j, "3j"), (-3 + 0j, "-3"), (0j, "0"), (complex(-0.0, -0.0), "0"),
    (np.complex64(1.25 + 1e-7j), "1.25+1e-07j"), (complex(np.nan, np.inf), "nan+infj"),
])  # fmt: skip
def test_numbers(number, text):
    assert format_number(number) == text


def test_arrays():
    assert summarize(np.array([1j, 2])) == "[1j 2]"
    roots = np.exp(2j * np.pi * np.arange(12) / 12)
    assert summarize(roots) == "0 ± 1"
    assert summarize_gradient(roots) == "0 ± 1, norm 3.5"
    assert describe(3 * roots).endswith("mean 0 ± 3, min |z| 3, max |z| 3, norm 10.39")


def test_picture_of_a_graph():
    z = Tensor([1 + 2j, 0.5], requires_grad=True, name="z")
    loss = (np.abs(np.fft.fft(z)) ** 2).sum()
    loss.backward()
    text = draw(loss).svg
    for expected in ("[1+2j 0.5]", "grad [4-8j 2]", "complex128", "ℱ"):
        assert expected in text
