"""Vertices colored by memory or by time."""

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.draw.shades import FILLS
from tests.autograd.draw.test_matrix_grid import luminance


def graph(color):
    x = Tensor(np.ones((100, 100)), requires_grad=True, name="x")
    with autograd.draw.watch():
        f = np.tanh(x).sum(axis=0).sum()
    f.backward()
    return autograd.draw(f, color=color)


def test_by_size():
    picture = graph("size")
    assert [vertex.shade.mark for vertex in picture.vertices] == ["80 kB", "80 kB", "800 B", "8 B"]
    assert [vertex.shade.fill for vertex in picture.vertices] == [FILLS[4], FILLS[4], FILLS[1], FILLS[0]]
    for text in (">80 kB<", ">800 B<", "memory of the value"):
        assert text in picture.svg


def test_by_time_and_by_gradient():
    picture = graph("time")
    assert picture.vertices[0].shade is None  # a leaf
    assert all(vertex.shade.limit == vertex.time > 0 for vertex in picture.vertices[1:])
    assert "time since the operation before" in picture.svg
    assert graph("gradient").health
    assert not any(vertex.shade for vertex in graph("kind").vertices)
    with pytest.raises(ValueError, match="'kind', 'gradient', 'size', 'time'"):
        graph("weight")


def test_text_is_readable_on_every_shade():
    assert all((luminance(fill) + 0.05) / (luminance("#1A1A1A") + 0.05) >= 4.5 for fill in FILLS)
