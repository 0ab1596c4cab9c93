"""The shapes of a picture, and the PDF that is written from them."""

import re
import shutil
import subprocess

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.draw.pdf import to_pdf
from autograd.draw.shapes import Box, Line, Picture, Text, parse_path, read_shapes


def example():
    x, y = (Tensor(value, requires_grad=True, name=name) for value, name in ((3.0, "x"), (4.0, "schön→🙂")))
    f = np.tanh(x * y)
    f.backward()
    return autograd.draw(f)


def test_shapes_are_those_of_the_svg():
    graph = example()
    picture = read_shapes(graph.svg)
    boxes, texts, lines = ([s for s in picture.shapes if isinstance(s, cls)] for cls in (Box, Text, Line))
    assert sum(line.has_arrow for line in lines) == sum(len(vertex.inputs) for vertex in graph.vertices)
    assert [text.text for text in texts][-1] == "number on an edge: local derivative ∂end/∂start"
    assert {"x", "schön→🙂", "grad 1"} <= {text.text for text in texts}
    assert all(box.x >= 0 and box.x + box.width <= picture.width for box in boxes)
    assert all(text.x - text.width / 2 >= 0 and text.x + text.width / 2 <= picture.width + 1 for text in texts)


def test_a_frame_shows_only_the_known_values():
    texts = [shape.text for shape in read_shapes(example().at(1).svg).shapes if isinstance(shape, Text)]
    assert "12" in texts  # x × y is computed
    assert not any(text.startswith("1.5") or text in ("grad 1", "4", "3") for text in texts if text not in ("3", "4"))
    assert min(shape.opacity for shape in read_shapes(example().at(1).svg).shapes) == 0.4  # tanh is not


def test_pdf_is_reproducible_and_its_table_points_to_its_objects():
    graph = example()
    content = graph._repr_pdf_()
    assert content == to_pdf(read_shapes(graph.svg))
    table = re.search(rb"xref\n0 \d+\n(.*?)trailer", content, re.DOTALL)[1].splitlines()[1:]
    assert len(table) == 7
    for i, entry in enumerate(table, start=1):
        assert content[int(entry[:10]) :].startswith(b"%d 0 obj" % i)
    length = int(re.search(rb"/Length (\d+)", content)[1])
    start = content.index(b"stream\n") + 7
    assert content[start + length :].startswith(b"\nendstream")


def test_characters_are_those_of_a_standard_font():
    text = Text(50.0, 20.0, "∂é→Σ🙂", 12.0, "#000000")
    content = to_pdf(Picture(100.0, 40.0, [text])).decode("latin-1")
    codes = re.findall(r"(/F\d) 12.0 Tf .*? <(\w+)> Tj", content)
    assert codes == [("/F2", "b6"), ("/F0", "e9"), ("/F2", "ae"), ("/F2", "53"), ("/F0", "3f")]


def test_paths_of_lines_and_curves():
    start, curves = parse_path("M0 0L10 0C12 0 12 5 20 5L30 5Z", (1.0, 2.0))
    assert start == (1.0, 2.0)
    assert [curve[2] for curve in curves] == [(11.0, 2.0), (21.0, 7.0), (31.0, 7.0), (1.0, 2.0)]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_a_reader_of_pdf_finds_the_texts(tmp_path):
    example().save(tmp_path / "graph.pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "graph.pdf", "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "schön" in text
    assert "tanh" in text
