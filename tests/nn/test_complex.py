"""Layers are real: parameters, losses and functions of real numbers refuse complex ones by name."""

import numpy as np
import pytest

import nn
from autograd import DataError, Tensor

Z = Tensor(np.array([[1 + 2j, 3.0]]), requires_grad=True)
SEQUENCE = Tensor(np.full((2, 1, 2), 1j))
features = Tensor([1.0, 1.0])


@pytest.mark.parametrize(("name", "call"), [
    ("Parameter", lambda: nn.Parameter([1j])),
    ("ReLU", lambda: nn.ReLU()(Z)),
    ("LSTM", lambda: nn.LSTM(2, 3)(SEQUENCE)),
    ("BatchNorm1d", lambda: nn.BatchNorm1d(2)(Z)),
    *[(name, lambda name=name: getattr(nn.functional, name)(Z)) for name in (
        "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "softmax", "log_softmax",
    )],
    ("layer_norm", lambda: nn.functional.layer_norm(Z, features, features)),
    ("rms_norm", lambda: nn.functional.rms_norm(Z, features)),
    ("attention", lambda: nn.functional.scaled_dot_product_attention(SEQUENCE, SEQUENCE, SEQUENCE)),
    ("mse_loss", lambda: nn.functional.mse_loss(Z, Z)),
    ("l1_loss", lambda: nn.functional.l1_loss(Z, Z)),
    ("cross_entropy", lambda: nn.functional.cross_entropy(Z, np.array([0]))),
    ("binary_cross_entropy", lambda: nn.functional.binary_cross_entropy(Z, np.array([[0.0, 1.0]]))),
])  # fmt: skip
def test_complex_numbers_are_refused_by_name(name, call):
    with pytest.raises(DataError, match=rf"{name}.*complex128"):
        call()


def test_linear_functions_of_complex_numbers_keep_their_real_weights():
    layer = nn.Linear(2, 1)
    (np.abs(layer(Z)) ** 2).sum().backward()
    assert layer.weight.grad.dtype == float
    assert Z.grad.dtype == complex


def test_weights_of_complex_buffers_cannot_be_saved(tmp_path):
    class Filter(nn.Module):
        def __init__(self):
            super().__init__()
            self.response = nn.Buffer([1j, 2.0])

    for suffix in ("npz", "safetensors"):
        with pytest.raises(DataError, match=r"response.*complex128"):
            nn.save(Filter(), tmp_path / f"weights.{suffix}")
