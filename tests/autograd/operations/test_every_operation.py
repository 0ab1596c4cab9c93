"""Every operation in the tables of cases: values, dtypes and shapes equal NumPy's, derivatives equal finite differences."""

from itertools import product
from warnings import catch_warnings, simplefilter

import numpy as np
import pytest
from hypothesis import Phase, given, settings, strategies as st

import autograd
from autograd import Tensor, gradcheck, gradients
from autograd.core.operation import Operation
from autograd.core.registry import numpy_functions
from autograd.numpy import coverage
from tests.autograd.operations.cases import CASES

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)

# NumPy returns double precision for single precision here; autograd keeps single precision.
STAY_SINGLE = {"np.cov", "np.corrcoef", "np.geomspace", "np.quantile", "np.nanquantile", "np.vander", "np.polyfit"}
STAY_SINGLE |= {"np.bincount", "np.histogram", "np.histogram2d", "np.histogramdd"}

# NumPy truncates floats that are written between integers, so they have no gradient.
TRUNCATING = {
    "np.insert",
    "np.copyto",
    "np.put",
    "np.place",
    "np.putmask",
    "np.fill_diagonal",
    "np.put_along_axis",
    "x[index]=y",
}

NEED_SCIPY = {"autograd.gammaln", "autograd.digamma", "autograd.polygamma"}


def random_inputs(examples):
    """Decorate a test(case, function, arrays): run it on every case, with this many random draws of the case's inputs."""

    def decorate(test):
        @each_case
        def test_case(case):
            if case.name in NEED_SCIPY or case.name.startswith("scipy."):
                pytest.importorskip("scipy.special")

            @settings(max_examples=examples, deadline=None, phases=[Phase.generate])
            @given(st.data())
            def check(data):
                test(case, *case.draw(data))

            check()

        return test_case

    return decorate


def tensors(arrays):
    return [Tensor(array, requires_grad=True) for array in arrays]


def assert_same_arrays(results, expected, tolerance=1e-10, allow_single=False):
    """Compare values, shapes and dtypes with NumPy's; allow_single: single precision is right for NumPy's double."""
    assert len(results) == len(expected)
    for ours, theirs in zip(results, expected):
        np.testing.assert_allclose(getattr(ours, "data", ours), theirs, rtol=tolerance, atol=tolerance)
        assert ours.shape == np.shape(theirs)
        assert ours.dtype == theirs.dtype or (allow_single and (ours.dtype, theirs.dtype) == (np.float32, np.float64))


def weighted_gradients(outputs, inputs):
    """The gradients of Σ w out, with a different w for each element; they can be differentiated again."""
    differentiable = [out for out in outputs if isinstance(out, Tensor) and out.requires_grad]
    weights = [(1 + np.arange(out.size).reshape(out.shape) / 8).astype(out.dtype) for out in differentiable]
    return gradients(differentiable, inputs, weights, create_graph=True) if differentiable else []


def test_every_differentiable_function_has_a_case():
    names = {case.name for case in CASES}
    assert set(coverage.names_by_support()[0]) - names == set()
    declared = {name: getattr(getattr(autograd, name), "operation", None) for name in autograd.__all__}
    of_numpy = {call.operation.name for call in numpy_functions.values() if hasattr(call, "operation")} | {"where"}
    of_autograd = {name for name, value in declared.items() if isinstance(value, Operation) and value.name not in of_numpy}
    assert {f"autograd.{name}" for name in of_autograd} - names == set()


@random_inputs(6)
def test_values_and_derivatives(case, function, arrays):
    assert_same_arrays(function(*tensors(arrays)), function(*arrays))
    nonlinear = lambda *inputs: [
        out + out * out for out in function(*inputs)
    ]  # so that linear functions have second derivatives
    gradcheck(nonlinear, tensors(arrays), order=case.order, fast=True)


@random_inputs(1)
def test_derivatives_for_other_layouts_subsets_signs_shapes_and_dtypes(case, function, arrays):
    gradcheck(function, tensors(arrays), order=min(case.order, 2), fast=True, vary=True)


LAYOUTS = {
    "strided": lambda a: np.repeat(a, 2, -1)[..., ::2],
    "negative strides": lambda a: np.flip(np.flip(a).copy()),
    "columns first": np.asfortranarray,
    "axes moved": lambda a: np.moveaxis(np.moveaxis(a, 0, -1).copy(), -1, 0),
    "read-only": lambda a: np.lib.stride_tricks.as_strided(a.copy(), writeable=False),
}


def tensor_on_memory_of(array):
    """A tensor that shares the memory of the array."""
    x = Tensor(np.zeros(array.shape), requires_grad=True)
    x.data = array if array.ndim else array[()]
    return x


@random_inputs(2)
def test_memory_layout_does_not_matter(case, function, arrays):
    inputs = tensors(arrays)
    outputs = function(*inputs)
    expected = weighted_gradients(outputs, inputs)
    for layout in LAYOUTS.values():
        inputs_in_layout = [tensor_on_memory_of(layout(array) if array.ndim else array) for array in arrays]
        results = function(*inputs_in_layout)
        assert_same_arrays(results, [getattr(out, "data", out) for out in outputs])
        assert_same_arrays(weighted_gradients(results, inputs_in_layout), [g.data for g in expected], 1e-9)


@random_inputs(3)
def test_empty_arrays_as_in_numpy(case, function, arrays):
    for size in {n for array in arrays for n in array.shape}:
        shapes = [tuple(0 if n == size else n for n in array.shape) for array in arrays]
        empty = [np.asarray(case.values(np.random.default_rng(0), shape)) for shape in shapes]
        try:
            expected = function(*empty)
        except Exception:
            continue
        inputs = tensors(empty)
        outputs = function(*inputs)
        assert_same_arrays(outputs, expected)
        first = weighted_gradients(outputs, inputs)
        for results in (first, weighted_gradients(first, inputs)):
            assert [g.shape for g in results] in ([], shapes)


@random_inputs(2)
def test_single_precision_is_kept(case, function, arrays):
    single = [array.astype(np.float32) for array in arrays]
    inputs = tensors(single)
    outputs = function(*inputs)
    assert_same_arrays(outputs, function(*single), 1e-4, allow_single=case.name in STAY_SINGLE)
    first = weighted_gradients(outputs, inputs)
    assert {g.dtype for g in [*first, *weighted_gradients(first, inputs)]} <= {np.dtype(np.float32)}


@random_inputs(2)
def test_integers_promote_as_in_numpy(case, function, arrays):
    for i, integer_dtype in product((None, *range(len(arrays))), (np.int64, np.uint8)):
        if case.name in TRUNCATING and i == 1:
            continue
        mixed = [
            array.astype(np.float32) if i == j else np.ceil(abs(array)).astype(integer_dtype) for j, array in enumerate(arrays)
        ]
        try:
            expected = function(*mixed)
        except Exception:
            continue
        inputs = [Tensor(array, requires_grad=i == j) for j, array in enumerate(mixed)]
        try:
            outputs = function(*inputs)
        except np.linalg.LinAlgError:  # rounding can make a singular matrix invertible in NumPy alone
            continue
        assert_same_arrays(outputs, expected, 1e-4, allow_single=case.name in STAY_SINGLE)
        assert i is None or {g.dtype for g in weighted_gradients(outputs, inputs[i])} <= {np.dtype(np.float32)}


# At integers these functions have infinite derivatives (ends of the domain), singular matrices or equal eigenvalues.
NOT_AT_INTEGERS = {"np.arcsin", "np.arccos", "np.arccosh", "np.arctanh", "autograd.logit"}
NOT_AT_INTEGERS |= {f"np.linalg.{name}" for name in ("qr", "cond", "svd", "eigh", "eig", "eigvals")}
NOT_AT_INTEGERS |= {"np.lib.scimath.arcsin", "np.lib.scimath.arccos", "np.lib.scimath.arctanh"}
NOT_AT_INTEGERS |= {f"scipy.linalg.{name}" for name in ("solve_triangular", "solve_sylvester", "solve_banded", "sqrtm", "logm")}
NOT_AT_INTEGERS |= {f"scipy.special.{name}" for name in ("erfinv", "erfcinv", "ndtri", "betainc", "betaincc")}
# The number of elements depends on ties and zeros.
NOT_AT_INTEGERS |= {case.name for case in CASES if "unique" in case.name or case.name[-2:] == "1d"} | {"np.trim_zeros"}


@random_inputs(2)
def test_derivatives_at_zeros_and_ties_lie_between_the_one_sided_derivatives(case, function, arrays):
    if case.name not in NOT_AT_INTEGERS:
        gradcheck(function, tensors(map(np.round, arrays)), complex_step=False)


# At infinities NumPy's quantiles are nan and its interp uses the next point, unlike autograd; NumPy's geomspace sets its end
# points; partitions have no defined order; a histogram needs finite edges. LAPACK can fail to converge with nan.
FINITE_ONLY = {
    "np.quantile",
    "np.percentile",
    "np.nanquantile",
    "np.nanpercentile",
    "np.interp",
    "np.geomspace",
    "np.partition",
}
FINITE_ONLY |= {"np.histogram", "np.polyfit", "np.roots"}


@random_inputs(2)
def test_nan_and_infinity_as_in_numpy(case, function, arrays):
    if case.name in FINITE_ONLY or case.name.startswith(("np.linalg", "scipy.linalg")):
        return
    for k, values in product(range(3), ([np.inf], [np.nan], [np.inf, -np.inf], [0, np.inf, np.nan])):
        special = [np.where(np.arange(a.size).reshape(a.shape) % 3 == k, np.resize(values, a.shape), a) for a in arrays]
        with catch_warnings(), np.errstate(all="ignore"):
            simplefilter("ignore")
            try:
                expected = function(*special)
            except Exception:
                continue
            inputs = tensors(special)
            outputs = function(*inputs)
        assert_same_arrays(outputs, expected)
        first = weighted_gradients(outputs, inputs)  # without a warning
        assert [g.shape for g in first] in ([], [x.shape for x in inputs])
