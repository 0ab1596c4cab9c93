"""Every ufunc row: values as NumPy's, derivatives to third order, special points."""

import numpy as np
import pytest
from hypothesis import given, settings

from autograd import Tensor, gradcheck, gradients
from autograd.operation import numpy_functions
from autograd.testing import broadcastable_tensors, tensors

DOMAINS = {
    "arcsin": (-0.8, 0.8), "arccos": (-0.8, 0.8), "arctanh": (-0.8, 0.8), "arccosh": (1.2, 3.0), "log": (0.5, 2.0),
    "log2": (0.5, 2.0), "log10": (0.5, 2.0), "log1p": (-0.4, 2.0), "sqrt": (0.5, 2.0), "cbrt": (0.5, 2.0), "tan": (-1.0, 1.0),
    "reciprocal": (0.5, 2.0), "power": (0.5, 2.0), "float_power": (0.5, 2.0), "divide": (0.5, 2.0), "remainder": (0.6, 0.9),
    "fmod": (0.6, 0.9), "absolute": (0.1, 2.0), "fabs": (0.1, 2.0), "hypot": (0.5, 2.0), "arctan2": (0.5, 2.0),
}  # fmt: skip
ROWS = {
    ufunc.__name__: ufunc
    for ufunc, ours in numpy_functions.items()
    if isinstance(ufunc, np.ufunc)
    and hasattr(ours, "operation")
    and ufunc.signature is None
    and ufunc.nout == 1
    and ufunc.nin < 3
}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_values_and_derivatives(name):
    ufunc, (low, high) = ROWS[name], DOMAINS.get(name, (-2.0, 2.0))
    strategy = broadcastable_tensors(ufunc.nin, low, high) if ufunc.nin == 2 else tensors(low=low, high=high).map(lambda x: [x])

    @settings(max_examples=8, deadline=None)
    @given(strategy)
    def check(inputs):
        if name in ("remainder", "fmod"):  # x % y jumps at multiples of y: keep between two of them
            inputs = [inputs[0] + 1.0, inputs[1]]
            inputs = [Tensor(x.numpy(), requires_grad=True) for x in inputs]
            inputs[0].data = np.broadcast_to(1.5, inputs[0].shape).copy()
        # Python's operator on NumPy scalars may differ from the ufunc in the last bit (power does).
        np.testing.assert_allclose(ufunc(*inputs).numpy(), ufunc(*[x.numpy() for x in inputs]), rtol=1e-15)
        gradcheck(ufunc, inputs, order=3)

    check()


@pytest.mark.parametrize("name", sorted(ROWS))
def test_float32_stays_float32(name):
    ufunc = ROWS[name]
    low, high = DOMAINS.get(name, (-2.0, 2.0))
    rng = np.random.default_rng(0)
    inputs = [Tensor(rng.uniform(low, high, 5).astype(np.float32), requires_grad=True) for _ in range(ufunc.nin)]
    out = ufunc(*inputs)
    assert out.dtype == ufunc(*[x.numpy() for x in inputs]).dtype
    assert {g.dtype for g in gradients(out.sum(), inputs)} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    "layout", [np.asfortranarray, lambda a: a[::-1, ::-1], lambda a: np.repeat(a, 2, 1)[:, ::2], lambda a: a.T.copy().T]
)
def test_memory_layout_does_not_matter(layout):
    base = np.random.default_rng(0).uniform(0.5, 0.9, (3, 4))
    for name, ufunc in ROWS.items():
        if name == "arccosh":
            continue
        found = []
        for array in (layout(base), np.ascontiguousarray(layout(base))):
            inputs = [Tensor(0.0, requires_grad=True) for _ in range(ufunc.nin)]
            for x in inputs:
                x._data = x._node.value = array
            found.append([g.numpy() for g in gradients(ufunc(*inputs).sum(), inputs)])
        np.testing.assert_allclose(*found, rtol=1e-13, err_msg=name)


def slope(function, *values):
    inputs = [Tensor(value, requires_grad=True) for value in values]
    return [g.item() for g in gradients(function(*inputs), inputs)]


def test_special_points():
    assert slope(np.hypot, 0.0, 0.0) == [0, 0]
    assert slope(np.sinc, 0.0) == [0]
    assert slope(np.fmax, 1.0, 1.0) == [0.5, 0.5]
    assert slope(np.fmax, 2.0, np.nan) == [1, 0]
    assert slope(np.fmin, np.nan, 2.0) == [0, 1]
    assert slope(np.tanh, np.inf) == [0]
    assert slope(np.exp, -np.inf) == [0]
    assert slope(np.log, np.inf) == [0]
    assert slope(np.arctan, -np.inf) == [0]
    assert slope(np.logaddexp, 1000.0, -1000.0) == [1, 0]
    assert slope(np.copysign, 3.0, -1.0) == [-1, 0]


def test_square_root_at_zero_has_infinite_slope():
    with np.errstate(divide="ignore"):
        assert slope(np.sqrt, 0.0) == [np.inf]


def test_small_unsigned_base_keeps_full_precision():
    y = Tensor([2.0], requires_grad=True)
    (np.array([3], np.uint8) ** y).sum().backward()
    assert y.grad.item() == pytest.approx(9 * np.log(3), rel=1e-14)


def test_sigmoid_of_whole_numbers_does_not_wrap_around():
    from autograd import sigmoid

    np.testing.assert_allclose(sigmoid(Tensor(np.array([1, 3], np.uint8))).numpy(), sigmoid(np.array([1.0, 3.0])))
    assert sigmoid(Tensor([True])).item() == sigmoid(Tensor([1.0])).item()
