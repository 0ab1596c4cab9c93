"""Random complex programs: values, first and second derivatives agree with PyTorch's, whose convention is the conjugate."""

import pytest


@pytest.mark.torch
@pytest.mark.parametrize("block", range(3))
def test_random_complex_programs_agree_with_pytorch(block):
    pytest.importorskip("torch")
    from tests.autograd.complex_programs import run

    failures, refused = run(range(50 * block, 50 * block + 50))
    assert failures == []
    assert refused == []
