"""`import autograd.numpy as np`: NumPy's namespace for differentiable programs."""

import subprocess
import sys

import numpy
import pytest

import autograd.numpy as np
import autograd.numpy.linalg as npla
import autograd.numpy.random as npr
from autograd import ShapeError, Tensor, grad, hessian


@pytest.fixture
def a():
    return Tensor(1.0, requires_grad=True)


@pytest.fixture
def v():
    return Tensor([2.0, 3.0], requires_grad=True)


def test_the_namespaces_have_every_name_of_numpy():
    for ours, theirs in ((np, numpy), (np.linalg, numpy.linalg), (np.fft, numpy.fft), (np.random, numpy.random)):
        for name in theirs.__all__:
            assert hasattr(ours, name), name
    assert set(dir(numpy)) <= set(dir(np))


def test_other_names_are_numpys_own_objects():
    for name in ("exp", "add", "ndarray", "float64", "pi", "errstate", "zeros", "newaxis", "lib", "testing", "__version__"):
        assert getattr(np, name) is getattr(numpy, name)
    assert npr.RandomState is numpy.random.RandomState
    assert npla.LinAlgError is numpy.linalg.LinAlgError
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = np.no_such_name


def test_import_of_the_engine_does_not_load_the_namespace():
    code = "import autograd, sys; print([m for m in sys.modules if m.startswith('autograd.numpy.')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['autograd.numpy.protocol']"


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda a, v: np.array([[a, 5], [v[0], a]]), [[1, 5], [2, 1]]),
        (lambda a, v: np.array([v, [a, 4.0], numpy.zeros(2)]), [[2, 3], [1, 4], [0, 0]]),
        (lambda a, v: np.array(((v, v), (v, v)))[1], [[2, 3], [2, 3]]),
        (lambda a, v: np.array(v, ndmin=2), [[2, 3]]),
        (lambda a, v: np.asarray([a]), [1]),
        (lambda a, v: np.ascontiguousarray(a), [1]),
        (lambda a, v: np.asfortranarray(v), [2, 3]),
        (lambda a, v: np.full((2, 2), v), [[2, 3], [2, 3]]),
        (lambda a, v: np.full(2, a), [1, 1]),
        (lambda a, v: np.full_like(numpy.zeros(2), a), [1, 1]),
        (lambda a, v: np.r_[a, v, 0, 1:3, [a, 7]], [1, 2, 3, 0, 1, 2, 1, 7]),
        (lambda a, v: np.r_["0,2", v, v], [[2, 3], [2, 3]]),
        (lambda a, v: np.c_[v, [a, 0.0], numpy.ones((2, 2))], [[2, 1, 1, 1], [3, 0, 1, 1]]),
        (lambda a, v: np.concatenate([v, [a, a]]), [2, 3, 1, 1]),
        (lambda a, v: np.vstack([v, [a, 0]]), [[2, 3], [1, 0]]),
        (lambda a, v: np.column_stack([[a, 0], v]), [[1, 2], [0, 3]]),
        (lambda a, v: np.block([[a, v[0]], [a, a]]), [[1, 2], [1, 1]]),
        (lambda a, v: np.append(v, a), [2, 3, 1]),
        (lambda a, v: np.sum([a, 2 * a]), 3),
        (lambda a, v: np.mean([[a, 3], [a, 3]], axis=0), [1, 3]),
        (lambda a, v: np.max(a=[a, 2 * a]), 2),
        (lambda a, v: np.dot([a, a], v), 5),
        (lambda a, v: np.where([True, False], [a, a], 0.0), [1, 0]),
        (lambda a, v: npla.norm([3 * a, 4 * a]), 5),
        (lambda a, v: npla.solve([[a, 0], [0, a]], v), [2, 3]),
    ],
)
def test_arrays_of_tensors_and_lists_of_tensors_are_recorded(make, expected, a, v):
    out = make(a, v)
    assert out.requires_grad
    numpy.testing.assert_array_equal(out.numpy(), expected)


def test_array_copies_and_asarray_does_not(a, v):
    assert np.asarray(v) is v
    assert np.asanyarray(v) is v
    copied = np.array(v)
    assert copied is not v
    assert not numpy.shares_memory(copied.numpy(), v.numpy())
    assert np.array(v, "float32").dtype == np.float32
    assert np.array([a, a], dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("value", [3, 2.5, [1, 2], [[1.0], [2.0]], [], (), [[], []], numpy.ones(2), "text", [True], range(3)])
def test_plain_values_give_numpys_arrays(value):
    for ours, theirs in ((np.array, numpy.array), (np.asarray, numpy.asarray), (np.asanyarray, numpy.asanyarray)):
        out, expected = ours(value), theirs(value)
        assert type(out) is type(expected)
        assert out.dtype == expected.dtype
        numpy.testing.assert_array_equal(out, expected)
    assert type(np.r_[1, 2:4]) is numpy.ndarray
    assert type(np.full(2, 1.0)) is numpy.ndarray
    assert type(np.full_like(numpy.ones(2), 1.0)) is numpy.ndarray


def test_rows_of_different_shapes_are_refused_with_their_shapes(a, v):
    with pytest.raises(ShapeError, match=r"array: .*\(\).*\(2,\)"):
        np.array([a, v])


def test_a_tensor_is_no_ndarray(v):
    assert not isinstance(v, np.ndarray)


def test_derivatives_of_both_orders_through_an_array_of_tensors():
    rotation = lambda x: np.array([[np.cos(x[0]), -np.sin(x[0])], [np.sin(x[0]), np.cos(x[0])]])
    rotated = lambda x: np.sum(rotation(x) @ np.array([x[1], x[1] ** 2]))
    x = numpy.array([0.3, 1.5])
    c, s, r = numpy.cos(0.3), numpy.sin(0.3), 1.5
    assert grad(rotated)(x).tolist() == pytest.approx([r * (c - s) - r**2 * (s + c), s + c + 2 * r * (c - s)])
    mixed = c - s - 2 * r * (s + c)
    numpy.testing.assert_allclose(hessian(rotated)(x), [[-r * (s + c) + r**2 * (s - c), mixed], [mixed, 2 * (c - s)]])


def test_a_list_of_many_scalars_is_one_operation():
    x = Tensor(numpy.arange(50.0), requires_grad=True)
    out = np.array([x[i] ** 2 for i in range(50)])
    out.sum().backward()
    assert x.grad.tolist() == (2 * numpy.arange(50.0)).tolist()
    assert len(out._node.inputs) == 50
