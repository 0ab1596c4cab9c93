"""A gradient that would be lost or stale is reported: numbers made of tensors, changes in place, names from elsewhere."""

import math
import warnings

import numpy as np
import pytest

import autograd
from autograd import InPlaceError, Tensor, no_grad


def leaf(values=(1.0, 2.0, 3.0)):
    return Tensor(np.array(values), requires_grad=True)


def fill_array(x):
    y = np.zeros(3)
    y[0] = x[0] ** 2
    return y


@pytest.mark.parametrize("lose", [fill_array, lambda x: math.sin(x[0]), lambda x: float(x.sum()), lambda x: math.floor(x[0])])
def test_a_number_made_of_a_tensor_with_a_graph_is_a_warning_with_the_users_line(lose):
    with pytest.warns(UserWarning, match=r"has a graph, which a Python number loses; call .item()") as caught:
        lose(leaf())
    assert [(warning.filename, warning.lineno > 15) for warning in caught] == [(__file__, True)]


def test_the_warning_comes_once_for_each_line():
    x = leaf()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            math.sin(x[0])
        math.cos(x[1])
    assert len(caught) == 2


@pytest.mark.parametrize(
    "transform",
    [autograd.grad, autograd.jacobian, autograd.hessian, autograd.value_and_grad, autograd.elementwise_grad, autograd.make_vjp],
)
@pytest.mark.parametrize("convert", [float, math.sin, lambda v: sum(map(float, [v, v]))])
@pytest.mark.filterwarnings("ignore:.*loses")
def test_a_function_of_python_numbers_has_no_zero_derivative(transform, convert):
    with pytest.raises(autograd.GraphError, match="constant after it made a Python number of a tensor"):
        transform(lambda x: 2.0 * convert(x))(1.5)


def test_numbers_without_a_graph_are_no_warning():
    x = leaf()
    x.detach()[0].__float__(), x[0].item(), f"{x[0]:.2f}", int(Tensor(3)), [1, 2, 3][Tensor(1)]
    with no_grad():
        float(x[0])


def mask():
    return np.array([True, False, True])


CHANGES = {
    "copyto": lambda t: np.copyto(t.detach(), 5.0),
    "copyto of a view": lambda t: np.copyto(t.detach()[1:], 5.0),
    "put": lambda t: np.put(t.detach(), [0], 9.0),
    "place": lambda t: np.place(t.detach(), mask(), [1.0, 2.0]),
    "putmask": lambda t: np.putmask(t.detach(), mask(), 0.5),
    "put_along_axis": lambda t: np.put_along_axis(t.detach(), np.array([1]), 8.0, 0),
    "fill_diagonal": lambda t: np.fill_diagonal(t.detach().reshape(1, 3), 7.0),
    "data +=": lambda t: setattr(t, "data", t.data.__iadd__(4.0)),
    "fill": lambda t: t.detach().fill(2.0),
    "sort": lambda t: t.detach().sort(),
    "assignment": lambda t: t.detach().__setitem__(0, 5.0),
    "augmented assignment": lambda t: t.detach().__imul__(2.0),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_saved_value_is_noticed_by_the_backward_pass(name):
    x = leaf((3.0, 1.0, 2.0))
    y = x * x
    CHANGES[name](x)
    with pytest.raises(InPlaceError, match="multiply: its input 1 was changed in place"):
        y.sum().backward()


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_after_the_backward_pass_is_fine(name):
    x = leaf((3.0, 1.0, 2.0))
    (x * x).sum().backward()
    CHANGES[name](x)
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [6.0, 2.0, 4.0] + 2 * x.numpy())


METHODS = {
    "all": (), "any": (), "argmax": (), "argmin": (1,), "argsort": (), "cumprod": (0,), "cumsum": (1,), "diagonal": (),
    "nonzero": (), "ravel": (), "repeat": (2,), "round": (1,), "take": ([0, 2],), "trace": (),
}  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_arrays_are_methods_of_tensors(name):
    array = np.random.default_rng(0).normal(size=(3, 4))
    result = getattr(Tensor(array), name)(*METHODS[name])
    expected = getattr(array, name)(*METHODS[name])
    pairs = zip(result, expected) if isinstance(expected, tuple) else [(result, expected)]
    for ours, numpys in pairs:
        np.testing.assert_array_equal(np.asarray(ours), numpys)


def test_methods_are_recorded_where_they_have_a_gradient():
    x = leaf()
    (x.cumsum() * x.repeat(1) + x.take([2, 1, 0])).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [8.0, 9.0, 10.0])


def test_sorting_in_place_is_refused_where_it_would_have_to_be_recorded():
    with pytest.raises(InPlaceError, match=r"use np\.sort"):
        leaf().sort()


@pytest.mark.parametrize(
    ("name", "ours"),
    [("view", "reshape"), ("permute", "transpose"), ("unsqueeze", "expand_dims"), ("clone", "copy"), ("numel", "size")],
)
def test_names_of_pytorch_are_answered_with_ours(name, ours):
    with pytest.raises(AttributeError, match=f"'{name}'; write {ours} here"):
        getattr(leaf(), name)


def test_options_of_pytorch_are_answered_with_ours():
    with pytest.raises(TypeError, match="not dim; write axis here"):
        leaf().sum(dim=0)
    with pytest.raises(TypeError, match=r"write t\.shape"):
        leaf().size()
    with pytest.raises(AttributeError, match="write concatenate here"):
        autograd.cat  # noqa: B018


def test_the_truth_of_several_elements_names_methods_that_exist():
    for question in (lambda: bool(leaf() > 1), lambda: leaf() in [leaf()]):
        with pytest.raises(ValueError, match=r"a\.any\(\)"):
            question()
    assert bool((leaf() > 0).all())
