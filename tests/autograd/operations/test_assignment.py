"""Assignment to elements of tensors is recorded; where it cannot be, it is refused with a way out."""

import numpy as np
import pytest

from autograd import DataError, InPlaceError, Tensor, UnsupportedError, compile, gradcheck, no_grad


def leaf(values=(1.0, 2.0, 3.0), **options):
    return Tensor(np.array(values), requires_grad=True, **options)


def test_an_array_is_filled_element_by_element():
    x = leaf()
    filled = Tensor(np.zeros(3))
    for i in range(3):
        filled[i] = x[i] ** 2 + (filled[i - 1] if i else 0)
    assert filled.tolist() == [1, 5, 14]
    filled.sum().backward()
    assert x.grad.tolist() == [6, 8, 6]


def test_what_was_computed_before_keeps_the_old_values():
    x = leaf()
    y = x * 2
    before = y * y
    view = y[1:]
    y[1] = 7 * x[0]
    assert y.tolist() == [2, 7, 6]
    assert view.tolist() == [4, 6]
    (before.sum() + y.sum() + view.sum()).backward()
    assert x.grad.tolist() == [8 + 2 + 7, 16 + 2, 24 + 2 + 2]


def test_overwritten_elements_get_no_gradient_and_of_equal_indices_the_last_counts():
    x, y = leaf() * 1, leaf((5.0, 6.0))
    x[[0, 0]] = y
    assert x.tolist() == [6, 2, 3]
    (x * [1, 10, 100]).sum().backward()
    assert y.grad.tolist() == [0, 1]


def test_derivatives_of_higher_orders():
    def f(x, y):
        out = x * x
        out[1:] = out[:-1] * y
        np.put(out, [0], y[0] ** 3)
        return out**2

    gradcheck(f, [leaf(), leaf((0.5, 2.0))], order=3)


def test_name_and_position_of_the_tensor_stay():
    x = leaf()
    y = x * 1
    y.name = "y"
    y[0] = x[1]
    assert y.name == "y"
    assert repr(y) == "Tensor([2., 2., 3.], name='y', operation='assign')"


def test_constants_are_changed_in_place():
    t = Tensor([1.0, 2.0])
    data = t.data
    t[0] = 5
    np.put(t, [1], Tensor(6.0))
    assert t.data is data
    assert data.tolist() == [5, 6]
    assert not t.requires_grad


def test_leaves_views_integers_and_arrays_are_refused_with_a_way_out():
    x = leaf(name="w")
    with pytest.raises(InPlaceError, match=r"'w' requires gradients.*copy"):
        x[0] = 1.0
    with pytest.raises(InPlaceError, match=r"'w' requires gradients"):
        np.put(x, [0], 1.0)
    with pytest.raises(InPlaceError, match=r"view.*copy"):
        (x * 1)[1:][0] = x[0]
    with pytest.raises(DataError, match=r"int64.*astype"):
        Tensor([1, 2])[0] = x[0]
    with pytest.raises(DataError, match=r"float64.*complex128"):
        Tensor([1.0, 2.0])[0] = x[0] * 1j
    with pytest.raises(UnsupportedError, match=r"np\.copyto on a plain array.*Tensor\(array\)"):
        np.copyto(np.zeros(3), x)
    with no_grad():
        x[0] = 9.0
    assert x.tolist() == [9, 2, 3]


def test_a_compiled_step_falls_back():
    x = leaf()

    @compile
    def step():
        y = x * 2
        y[0] = x[1]
        return y.sum()

    with pytest.warns(UserWarning, match="assigned"):
        results = [step().item() for _ in range(4)]
    assert results == [12.0] * 4
