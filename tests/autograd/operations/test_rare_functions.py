"""Functions that few programs use: results that are constants, errors, and gradients at ties."""

import warnings

import numpy as np
import pytest

from autograd import DataError, ShapeError, Tensor, UnsupportedError, grad, gradcheck


def leaf(values):
    return Tensor(np.array(values), requires_grad=True)


def test_further_results_of_set_functions_are_numpys():
    values = np.array([3.0, 1.0, 3.0, 2.0])
    for name in ("unique_counts", "unique_inverse", "unique_all"):
        ours, theirs = getattr(np, name)(leaf(values)), getattr(np, name)(values)
        assert type(ours) is type(theirs)
        for result, expected in zip(ours, theirs):
            np.testing.assert_array_equal(getattr(result, "data", result), expected)
    ours, theirs = np.unique(leaf(values), True, True, True), np.unique(values, True, True, True)
    for result, expected in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(getattr(result, "data", result), expected)
    ours, theirs = (np.intersect1d(x, [3.0, 2.0], return_indices=True) for x in (leaf(values), values))
    for result, expected in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(getattr(result, "data", result), expected)


def test_of_equal_elements_the_first_one_gets_the_gradient():
    weights = np.array([1.0, 10.0])
    assert grad(lambda x: np.sum(np.unique(x) * weights))(np.array([3.0, 1.0, 3.0])).tolist() == [10, 1, 0]
    assert grad(lambda x: np.sum(np.union1d(x, x)))(np.array([1.0, 2.0])).tolist() == [1, 1]


def test_counts_of_a_histogram_are_integers_and_its_edges_differentiable():
    x = leaf([1.0, 2.0, 5.0])
    counts, edges = np.histogram(x, 2)
    assert counts.dtype.kind == "i"
    assert counts.tolist() == [2, 1]
    edges[1].backward()
    assert x.grad.tolist() == [0.5, 0, 0.5]
    equal = leaf([2.0, 2.0])
    np.histogram_bin_edges(equal, 2)[0].backward()
    assert equal.grad.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("bins", [1, 3, 10, [0.0, 0.25, 0.5, 1.0]])
def test_elements_on_the_edges_are_counted_as_in_numpy(bins):
    values = np.linspace(0, 1, 21)
    weights = leaf(np.arange(21.0))
    np.testing.assert_allclose(
        np.histogram(values, bins, weights=weights)[0].data, np.histogram(values, bins, weights=weights.data)[0]
    )


def test_a_polynomial_with_multiple_or_complex_roots():
    roots = np.roots(leaf([1.0, 0.0, 1.0]))
    assert sorted(roots.data.imag.tolist()) == [-1, 1]
    zero = np.roots(leaf([0.0, 0.0, 2.0, -2.0, 0.0]))
    assert sorted(zero.tolist()) == [0, 1]
    assert np.roots(leaf([0.0, 0.0])).size == 0
    conjugate = np.poly(np.roots(leaf([1.0, 2.0, 5.0])))
    assert conjugate.dtype == np.float64
    np.testing.assert_allclose(conjugate.data, [1, 2, 5])


def test_the_characteristic_polynomial_is_right_at_equal_eigenvalues():
    gradcheck(lambda x: np.poly(x), [leaf(np.diag([2.0, 2.0, 3.0]))], order=2)


def test_an_ill_conditioned_fit_warns():
    with pytest.warns(np.exceptions.RankWarning):
        np.polyfit(np.ones(4), leaf([1.0, 2.0, 3.0, 4.0]), 2)


def test_scimath_is_complex_outside_of_the_real_domain_alone():
    assert np.lib.scimath.sqrt(leaf([4.0, 1.0])).dtype == np.float64
    x = leaf([-4.0, 1.0])
    out = np.lib.scimath.sqrt(x)
    np.testing.assert_allclose(out.data, [2j, 1])
    out.imag.sum().backward()
    np.testing.assert_allclose(x.grad.data, [-0.25, 0])
    np.testing.assert_allclose(np.lib.scimath.arccos(leaf([2.0])).data, np.lib.scimath.arccos([2.0]))


def test_piecewise_evaluates_a_function_on_its_elements_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        slope = grad(lambda x: np.sum(np.piecewise(x, [x > 0], [np.log, lambda v: v**2])))(np.array([-1.0, 0.0, 2.0]))
    assert slope.tolist() == [-2, 0, 0.5]


def test_eigenvalues_of_rotations_are_complex():
    angle = leaf(0.3)
    rotation = np.stack([np.stack([np.cos(angle), -np.sin(angle)]), np.stack([np.sin(angle), np.cos(angle)])])
    values = np.linalg.eigvals(rotation)
    np.abs(np.imag(values)).sum().backward()
    np.testing.assert_allclose(angle.grad.data, 2 * np.cos(0.3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: np.gradient(x[0]), ShapeError, "scalar"),
        (lambda x: np.gradient(x[:1]), ShapeError, "needs 2 samples"),
        (lambda x: np.gradient(x, [1.0, 2.0]), ShapeError, "positions"),
        (lambda x: np.gradient(x, 1.0, 2.0), TypeError, "one per axis"),
        (lambda x: np.polyder(x, -1), ValueError, "polyint"),
        (lambda x: np.polyint(x, 2, [1.0, 2.0, 3.0]), ShapeError, "one constant"),
        (lambda x: np.polyfit(x, x[:2], 1), ShapeError, "polyfit"),
        (lambda x: np.roots(x[None]), ShapeError, "vector"),
        (lambda x: np.bincount([0, 1], x), ShapeError, "do not fit"),
        (lambda x: np.histogram(np.ones(2), 2, weights=x), ValueError, "same shape"),
        (lambda x: np.nanquantile(x, 0.5, method="lower"), UnsupportedError, "linear"),
        (lambda x: np.nanquantile(x[None], 0.5, axis=(0, 1)), UnsupportedError, "one axis"),
        (lambda x: np.piecewise(x, [x > 0], [1.0, 2.0, 3.0]), ValueError, "1 conditions need 1 or 2"),
        (lambda x: np.piecewise(Tensor(np.arange(3)), [np.arange(3) > 0], [lambda v: x[v]]), DataError, "int64"),
        (lambda x: np.trim_zeros(x, "x"), ValueError, "'f', 'b' or 'fb'"),
        (lambda x: np.apply_over_axes(lambda v, axis: np.sum(v), x[None], 0), ValueError, "removes one axis"),
        (lambda x: np.split(x, 2), ShapeError, "equal pieces"),
        (lambda x: np.vsplit(x, 2), ShapeError, "2 axes"),
        (lambda x: np.diagonal(x), ShapeError, "two axes"),
        (lambda x: np.diag(x[None, None]), ShapeError, "vector or a matrix"),
        (lambda x: np.rot90(x[None], axes=(0, 0)), ValueError, "two different axes"),
    ],
)
def test_errors_say_what_would_be_right(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf([1.0, 2.0, 3.0]))
