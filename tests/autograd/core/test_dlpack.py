"""Tensors and the arrays of other libraries share memory by DLPack."""

import numpy as np
import pytest

import autograd
from autograd import DataError, GraphError, Tensor, from_dlpack, no_grad

DTYPES = ["float64", "float32", "float16", "int64", "int8", "uint16", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(2, 3), (0, 3), (4,)])
def test_numpy_and_back_share_memory(dtype, shape):
    t = Tensor(np.arange(np.prod(shape)).reshape(shape).astype(dtype))
    array = np.from_dlpack(t)
    assert (array.dtype, array.tolist()) == (dtype, t.tolist())
    twin = from_dlpack(array)
    assert type(twin) is Tensor
    assert not twin.requires_grad
    assert np.shares_memory(twin.data, t.data) == bool(t.size)
    assert t.__dlpack_device__() == (1, 0)


@pytest.mark.parametrize("view", [lambda a: a.T, lambda a: a[::-1, ::2], lambda a: a[1]])
def test_strided_arrays(view):
    array = view(np.arange(12.0).reshape(3, 4))
    t = from_dlpack(array)
    assert t.tolist() == array.tolist()
    assert np.shares_memory(t.data, array)


def test_numbers_are_exchanged_by_value():
    t = Tensor(3.0)
    assert np.from_dlpack(t) == 3.0
    assert type(from_dlpack(np.array(3.0)).data) is np.float64


def test_copies_have_memory_of_their_own():
    array = np.ones(3)
    t = from_dlpack(array, copy=True)
    array[:] = 2
    assert t.tolist() == [1, 1, 1]


def test_a_read_only_array_stays_read_only():
    array = np.ones(3)
    array.flags.writeable = False
    t = from_dlpack(array)
    with pytest.raises(ValueError, match="read-only"):
        t += 1
    assert (t * 2).tolist() == [2, 2, 2]


def test_a_tensor_from_elsewhere_is_differentiated():
    x = from_dlpack(np.array([1.0, 2.0]))
    x.requires_grad = True
    (x**2).sum().backward()
    assert x.grad.tolist() == [2, 4]
    assert autograd.grad(lambda x: (x**2).sum())(np.array([3.0])).tolist() == [6]


@pytest.mark.parametrize("share", [np.from_dlpack, np.asarray])
def test_a_graph_is_never_dropped_silently(share):
    w = Tensor([1.0, 2.0], requires_grad=True, name="w")
    for t in (w, w * 2):
        with pytest.raises(GraphError, match=r"detach\(\)"):
            share(t)
        assert share(t.detach()).tolist() == t.tolist()
        with no_grad():
            assert share(t).tolist() == t.tolist()


def test_a_compiled_step_does_not_freeze_the_values():
    step = autograd.compile(lambda x: x * np.from_dlpack(x).sum())
    with pytest.warns(UserWarning, match="eager"):
        results = [step(Tensor([1.0, k])).tolist() for k in (1.0, 2.0, 3.0, 4.0)]
    assert results == [[1 + k, k * (1 + k)] for k in (1.0, 2.0, 3.0, 4.0)]


class OnAnotherDevice:
    def __dlpack__(self, **options):
        raise BufferError("the array is on device 2")

    def __dlpack_device__(self):
        return 2, 0


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([1.0, 2.0], TypeError, r"not \[1\.0, 2\.0\]; use Tensor"),
        (np.array([None]), DataError, "this ndarray cannot be shared with NumPy"),
        (OnAnotherDevice(), DataError, "this OnAnotherDevice cannot be shared with NumPy: .*device"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(x, error, message):
    with pytest.raises(error, match=message):
        from_dlpack(x)


def test_complex_numbers_are_shared():
    array = np.array([1j, 2])
    assert from_dlpack(array).dtype == complex
    assert np.shares_memory(np.from_dlpack(from_dlpack(array)), array)


@pytest.mark.torch
def test_pytorch_shares_memory_in_both_directions():
    torch = pytest.importorskip("torch")
    t = Tensor(np.arange(6.0).reshape(2, 3))
    theirs = torch.from_dlpack(t)
    theirs[0, 0] = 9
    assert t.tolist() == theirs.tolist()
    ours = from_dlpack(torch.arange(4.0).reshape(2, 2).T)
    assert (ours.dtype, ours.tolist()) == (np.float32, [[0, 2], [1, 3]])
    ours += 1
    with pytest.raises(GraphError, match="detach"):
        torch.from_dlpack(Tensor([1.0], requires_grad=True))
    with pytest.raises(DataError, match="cannot be shared with NumPy"):
        from_dlpack(torch.ones(2, requires_grad=True))
    with pytest.raises(DataError, match="cannot be shared with NumPy"):
        from_dlpack(torch.ones(2, dtype=torch.bfloat16))
