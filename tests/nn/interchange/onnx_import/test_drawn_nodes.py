import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from hypothesis import given, settings

from tests.nn.interchange.onnx_import.drawn_nodes import FAMILIES
from tests.nn.interchange.onnx_import.single_node import assert_agree


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_drawn_nodes_agree_with_onnxruntime(family):
    @settings(max_examples=12)
    @given(FAMILIES[family])
    def check(node):
        assert_agree(node)

    check()
