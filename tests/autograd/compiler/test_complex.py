"""Compiled steps with complex numbers: the numbers and gradients of the eager step, bit for bit."""

import numpy as np
import pytest

from autograd import Tensor, compile

SPECTRUM = np.array([1 + 2j, 1j, 0.5])


def spectral_loss(x, w):
    return np.sum(np.abs(np.fft.fft(w * x) * SPECTRUM) ** 2) + np.real(np.exp(1j * w) * SPECTRUM).sum()


def distance(x, w):
    return np.sum(np.abs(w * x - (1 - 1j)) ** 2) + np.var(w) + np.vdot(w, np.sin(w)).real + np.imag(w[0] ** 2)


@pytest.mark.parametrize(("loss", "dtype"), [
    (spectral_loss, np.float64), (spectral_loss, np.float32), (distance, np.complex128), (distance, np.complex64),
])  # fmt: skip
def test_compiled_steps_equal_eager_steps(loss, dtype):
    w = Tensor(np.array([0.3, -0.4, 1.2], dtype), requires_grad=True)

    def step(x):
        w.zero_grad()
        out = loss(x, w)
        out.backward()
        return out

    compiled = compile(step)
    for k in range(6):
        x = np.array([1.0, 2.0, 0.5], np.real(w.data).dtype) * (k + 1)
        out, g = compiled(x).item(), w.grad.numpy().copy()
        assert out == step(x).item()
        np.testing.assert_array_equal(g, w.grad.numpy())
    assert compiled.fallback_reason == ""
