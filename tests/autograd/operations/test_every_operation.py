"""Every operation in the tables of cases: values, dtypes and shapes as NumPy's, derivatives as differences say."""

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

# Where NumPy computes in double precision whatever it is given; here single precision stays.
STAY_SINGLE = {"np.cov", "np.corrcoef", "np.geomspace", "np.quantile", "np.vander"}

BY_SCIPY = {"autograd.gammaln", "autograd.digamma", "autograd.polygamma"}


def random_inputs(examples):
    """Decorate a test(case, function, arrays): run it on every case, with this many random draws of the case's inputs."""

    def decorate(test):
        @each_case
        def test_case(case):
            if case.name in BY_SCIPY:
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


def assert_same_arrays(results, expected, tolerance=1e-10, double=True):
    """Compare values, shapes and dtypes with NumPy's; unless `double`, single precision may stand for NumPy's double."""
    assert len(results) == len(expected)
    for ours, theirs in zip(results, expected):
        np.testing.assert_allclose(getattr(ours, "data", ours), theirs, rtol=tolerance, atol=tolerance)
        assert ours.shape == np.shape(theirs)
        assert ours.dtype == theirs.dtype or (not double and (ours.dtype, theirs.dtype) == (np.float32, np.float64))


def weighted_gradients(outputs, inputs):
    """The gradients of Σ w·out, with a different w for each element; they can be differentiated again."""
    smooth = [out for out in outputs if isinstance(out, Tensor) and out.requires_grad]
    weights = [(1 + np.arange(out.size).reshape(out.shape) / 8).astype(out.dtype) for out in smooth]
    return gradients(smooth, inputs, weights, create_graph=True) if smooth else []


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
    bent = lambda *inputs: [out + out * out for out in function(*inputs)]  # linear functions have no second derivatives
    gradcheck(bent, tensors(arrays), order=case.order, fast=True)


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
def test_empty_arrays_pass_wherever_numpy_takes_them(case, function, arrays):
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
def test_single_precision_stays(case, function, arrays):
    single = [array.astype(np.float32) for array in arrays]
    inputs = tensors(single)
    outputs = function(*inputs)
    assert_same_arrays(outputs, function(*single), 1e-4, double=case.name not in STAY_SINGLE)
    first = weighted_gradients(outputs, inputs)
    assert {g.dtype for g in [*first, *weighted_gradients(first, inputs)]} <= {np.dtype(np.float32)}


@random_inputs(2)
def test_whole_numbers_promote_as_in_numpy(case, function, arrays):
    for i, whole in product((None, *range(len(arrays))), (np.int64, np.uint8)):
        if case.name == "np.insert" and i == 1:
            continue  # between whole numbers NumPy cuts floats off, and their gradient with it
        mixed = [array.astype(np.float32) if i == j else np.ceil(abs(array)).astype(whole) for j, array in enumerate(arrays)]
        try:
            expected = function(*mixed)
        except Exception:
            continue
        inputs = [Tensor(array, requires_grad=i == j) for j, array in enumerate(mixed)]
        try:
            outputs = function(*inputs)
        except np.linalg.LinAlgError:  # whether rounding leaves a singular matrix regular depends on the order of computing
            continue
        assert_same_arrays(outputs, expected, 1e-4, double=case.name not in STAY_SINGLE)
        assert i is None or {g.dtype for g in weighted_gradients(outputs, inputs[i])} <= {np.dtype(np.float32)}


# Rounded numbers are at the ends of their domains, where slopes are infinite, rounded matrices singular or with equal values.
NOT_ROUNDED = {"np.arcsin", "np.arccos", "np.arccosh", "np.arctanh", "autograd.logit"}
NOT_ROUNDED |= {f"np.linalg.{name}" for name in ("qr", "cond", "svd", "eigh")}


@random_inputs(2)
def test_zeros_and_ties_have_a_slope_between_those_on_either_side(case, function, arrays):
    if case.name not in NOT_ROUNDED:
        gradcheck(function, tensors(map(np.round, arrays)), complex_step=False)


# NumPy's quantiles are nan where infinities are subtracted, ours are not; its interp looks at the neighbor then, ours does
# not; its geomspace sets its ends; partitions are in any order. LAPACK may not come to an end with nan.
FINITE_ONLY = {"np.quantile", "np.percentile", "np.interp", "np.geomspace", "np.partition"}


@random_inputs(2)
def test_nan_and_infinity_give_what_they_give_in_numpy(case, function, arrays):
    if case.name in FINITE_ONLY or case.name.startswith("np.linalg"):
        return
    for k, values in product(range(3), ([np.inf], [np.nan], [np.inf, -np.inf], [0, np.inf, np.nan])):
        spread = [np.where(np.arange(a.size).reshape(a.shape) % 3 == k, np.resize(values, a.shape), a) for a in arrays]
        with catch_warnings(), np.errstate(all="ignore"):
            simplefilter("ignore")
            try:
                expected = function(*spread)
            except Exception:
                continue
            inputs = tensors(spread)
            outputs = function(*inputs)
        assert_same_arrays(outputs, expected)
        first = weighted_gradients(outputs, inputs)  # without a warning
        assert [g.shape for g in first] in ([], [x.shape for x in inputs])
