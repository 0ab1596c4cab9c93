"""Tensor as a person meets it: making, reading, operators, in-place changes."""

import copy
import pickle

import numpy as np
import pytest

from autograd import DataError, GraphError, InPlaceError, ShapeError, Tensor, default_dtype, no_grad
from autograd.extend import mark_dirty


@pytest.fixture
def single_precision():
    default_dtype("float32")
    yield
    default_dtype("float64")


def test_arrays_keep_their_dtype_and_numbers_get_the_default(single_precision):
    assert Tensor(1.5).dtype == np.float32
    assert Tensor([1.0, 2.0]).dtype == np.float32
    assert Tensor(np.ones(2)).dtype == np.float64
    assert Tensor([1, 2]).dtype == np.int64
    assert Tensor(3, requires_grad=True).dtype == np.float32


def test_default_dtype_refuses_integers():
    with pytest.raises(DataError, match="int32"):
        default_dtype("int32")


def test_data_is_copied():
    array = np.ones(2)
    tensor = Tensor(array)
    array[0] = 5
    assert tensor.tolist() == [1, 1]


def test_reductions_to_one_number_are_numpy_scalars():
    t = Tensor([[3.0]])
    for scalar in (t.sum(), t[0, 0], t.reshape(()), t.squeeze(), t[..., 0, 0]):
        assert type(scalar.data) is np.float64


def test_only_element_of_a_number_can_be_assigned():
    t = Tensor(1.0)
    t[()] = 2.0
    assert t.item() == 2


def test_rounding_and_division_with_remainder():
    t = Tensor([7.26, -7.26])
    assert round(t, 1).tolist() == [7.3, -7.3]
    assert [part.tolist() for part in divmod(Tensor([7.0]), 2)] == [[3], [1]]


def test_more_arguments_than_an_operation_takes_are_refused():
    with pytest.raises(TypeError, match="clip takes 3 arguments, not 4"):
        Tensor([1.0]).clip(0, 1, 99)


def test_whole_numbers_have_no_negative_powers():
    with pytest.raises(DataError, match="astype"):
        Tensor([2]) ** -1


@pytest.mark.parametrize("bad", [[[1], [2, 3]], "abc", None, {"a": 1}, [1, "b"], object()])
def test_anything_but_numbers_is_refused(bad):
    with pytest.raises(DataError, match=r"numbers|lengths"):
        Tensor(bad)


def test_integer_array_cannot_require_gradients():
    with pytest.raises(DataError, match=r"int64.*astype"):
        Tensor(np.array([1, 2]), requires_grad=True)


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ShapeError, match=r"add.*\(2,\) and \(3,\)"):
        Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])
    with pytest.raises(ShapeError, match=r"matmul.*\(2, 3\) and \(2, 3\)"):
        Tensor(np.ones((2, 3))) @ Tensor(np.ones((2, 3)))


def test_operand_of_a_strange_type_is_named():
    with pytest.raises(DataError, match="'a'"):
        Tensor(1.0) + "a"


REFLECTED = ["+", "-", "*", "/", "//", "%", "**", "@"]


@pytest.mark.parametrize("sign", REFLECTED)
@pytest.mark.parametrize("other", [[3.0, 2.0], np.array([3.0, 2.0])], ids=["list", "array"])
def test_operators_work_both_ways_with_arrays(sign, other):
    t, a = Tensor([2.0, 4.0]), np.array([2.0, 4.0])
    names = {"t": t, "a": a, "other": other, "array": np.array(other)}
    np.testing.assert_array_equal(eval(f"t {sign} other", names).numpy(), eval(f"a {sign} array", names))
    np.testing.assert_array_equal(eval(f"other {sign} t", names).numpy(), eval(f"array {sign} a", names))


@pytest.mark.parametrize("other", [2, 2.0, np.float64(2.0), np.int64(2), np.float32(2.0)])
@pytest.mark.parametrize("sign", REFLECTED[:-1])
def test_operators_work_both_ways_with_numbers(sign, other):
    names = {"t": Tensor([3.0, 4.0]), "a": np.array([3.0, 4.0]), "other": other}
    np.testing.assert_array_equal(eval(f"t {sign} other", names).numpy(), eval(f"a {sign} other", names))
    np.testing.assert_array_equal(eval(f"other {sign} t", names).numpy(), eval(f"other {sign} a", names))


def test_comparisons_give_constant_boolean_tensors():
    t = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    for result, expected in (
        (t > 2, [False, False, True]),
        (t <= 2, [True, True, False]),
        (t == [1.0, 0.0, 3.0], [True, False, True]),
        (t != 2, [True, False, True]),
        (t > 2.5, [False, False, True]),
        ((t > 1) & (t < 3), [False, True, False]),
        (~(t > 1), [True, False, False]),
    ):
        assert (result.tolist(), result.requires_grad) == (expected, False)


def test_comparison_with_something_else_is_no_error():
    t = Tensor(1.0)
    assert (t == None) is False  # noqa: E711
    assert (t == "x") is False
    assert t != "x"
    assert len({t, Tensor(1.0)}) == 2


def test_repr_reads_well():
    assert repr(Tensor(3.0, requires_grad=True, name="x")) == "Tensor(3.0, name='x', requires_grad=True)"
    assert repr(Tensor([1.0, 2.0]) * Tensor([1.0, 1.0], requires_grad=True)) == "Tensor([1., 2.], operation='multiply')"
    assert repr(Tensor(np.ones((1, 2), np.float32))) == "Tensor([[1., 1.]], dtype=float32)"
    assert repr(Tensor(np.ones((2, 0)))) == "Tensor([], shape=(2, 0))"
    long = repr(Tensor(np.zeros((64, 10))))
    assert len(long.splitlines()) == 7
    with np.printoptions(threshold=10_000):
        assert len(repr(Tensor(np.zeros((64, 10)))).splitlines()) == 64
    assert f"{Tensor(1.23456):.2f}" == "1.23"


def test_python_protocols():
    t = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert [row.tolist() for row in t] == [[1, 2], [3, 4]]
    assert (len(t), float(t[0, 1]), int(t[1, 0]), bool(t[0, 0])) == (2, 2.0, 3, True)
    assert [10, 20, 30][Tensor(1)] == 20
    with pytest.raises(ShapeError, match=r"\(2, 2\)"):
        t.item()


def test_array_of_a_tensor_with_a_graph_is_refused():
    t = Tensor([1.0], requires_grad=True)
    with pytest.raises(GraphError, match="detach"):
        np.asarray(t)
    assert np.asarray(t.detach()).tolist() == [1]
    assert t.numpy().tolist() == [1]


def test_list_of_tensors_with_graphs_is_refused():
    with pytest.raises(GraphError):
        Tensor([Tensor(1.0, requires_grad=True), 2.0])


def test_copies_and_pickles_are_leaves_of_their_own():
    t = Tensor([1.0, 2.0], requires_grad=True, name="w")
    for other in (copy.deepcopy(t), pickle.loads(pickle.dumps(t)), copy.copy(t)):
        assert (other.tolist(), other.requires_grad, other.name) == ([1, 2], True, "w")
        (other * 2).sum().backward()
    assert t.grad is None
    with pytest.raises(GraphError, match="detach"):
        pickle.dumps(t * 2)


def test_requires_grad_is_switched_on_leaves_only():
    t = Tensor([1.0])
    t.requires_grad = True
    assert (t * 2).requires_grad
    t.requires_grad = False
    assert not (t * 2).requires_grad
    t.requires_grad = True
    with pytest.raises(GraphError, match="detach"):
        (t * 2).requires_grad = False


def test_gradient_can_be_set_if_it_fits():
    t = Tensor([1.0, 2.0], requires_grad=True)
    t.grad = [3.0, 4.0]
    assert t.grad.tolist() == [3, 4]
    with pytest.raises(ShapeError, match=r"\(2,\).*\(3,\)"):
        t.grad = [1.0, 2.0, 3.0]


# In-place changes


def test_updates_of_a_leaf_inside_no_grad_keep_it_a_leaf():
    w = Tensor([1.0, 2.0], requires_grad=True)
    memory = w.data
    with no_grad():
        w -= 0.5
        w *= 2
        w += 1
        w /= 2
        w **= 2
    assert w.data is memory
    assert (w.tolist(), w.is_leaf, w.requires_grad) == ([1, 4], True, True)


def test_scalars_are_updated_too():
    w = alias = Tensor(3.0, requires_grad=True)
    with no_grad():
        w -= 1
    w.data -= 0.5 * Tensor(1.0)
    assert alias.item() == 1.5


def test_data_minus_a_tensor_updates_in_place():
    w = Tensor([1.0, 2.0], requires_grad=True)
    (w * w).sum().backward()
    w.data -= 0.25 * w.grad
    assert (w.tolist(), w.is_leaf) == ([0.5, 1], True)


def test_update_of_a_leaf_while_recording_is_refused():
    w = Tensor([1.0], requires_grad=True, name="w")
    with pytest.raises(InPlaceError, match=r"'w'.*no_grad"):
        w -= 1
    with pytest.raises(InPlaceError, match="where"):
        w[0] = 3.0


def test_augmented_assignment_records_a_new_tensor():
    x = Tensor(2.0, requires_grad=True)
    total = Tensor(0.0)
    for _ in range(3):
        total += x * x
    total.backward()
    assert (total.item(), x.grad.item()) == (12, 12)


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.__isub__(1.0),
        lambda w: w.detach().__imul__(2.0),
        lambda w: w[:1].__imul__(2.0),
        lambda w: w.reshape(2, 1).T.__isub__(1.0),
        lambda w: w.__setitem__(0, 9.0),
        lambda w: mark_dirty([w]),
    ],
    ids=["-=", "detached", "view", "view of a view", "[]", "told"],
)
@pytest.mark.parametrize("tracked", [True, False], ids=["leaf", "constant"])
def test_backward_notices_a_changed_input(change, tracked):
    w = Tensor([1.0, 2.0], requires_grad=tracked)
    x = Tensor([1.0, 1.0], requires_grad=True)
    loss = (w * x).sum()
    with no_grad():
        change(w)
    with pytest.raises(InPlaceError, match="multiply: its input 1"):
        loss.backward()


def test_backward_notices_a_changed_result():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()
    loss = y.sum()
    with no_grad():
        y *= 2
    with pytest.raises(InPlaceError, match="exp: its result"):
        loss.backward()


def test_replaced_data_does_not_change_earlier_results():
    w, x = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
    loss = (w * x).sum()
    w.data = [9.0, 9.0]
    loss.backward()
    assert (x.grad.tolist(), w.grad.tolist()) == ([1, 2], [3, 4])


def test_change_of_other_elements_of_the_same_memory_is_fine():
    memory = Tensor(np.arange(4.0))
    x = Tensor([1.0, 1.0], requires_grad=True)
    loss = (x * memory[:2]).sum()
    memory[2:] *= 5
    loss.backward()
    assert x.grad.tolist() == [0, 1]


def test_index_changed_after_use_does_not_matter():
    x, index = Tensor([1.0, 2.0, 3.0], requires_grad=True), np.array([0, 1])
    y = x[index].sum() + x[Tensor(index)].sum()
    index[:] = 2
    y.backward()
    assert x.grad.tolist() == [2, 2, 0]


def test_integers_assigned_to_a_leaf_become_floats():
    w = Tensor([1.0, 2.0], requires_grad=True)
    w.data = np.array([3, 4])
    w.grad = [1, 2]
    (w * 0.5).sum().backward()
    assert (w.dtype, w.grad.tolist()) == (np.float64, [1.5, 2.5])


def test_change_of_a_value_that_no_formula_needs_is_fine():
    x, w = Tensor([1.0, 2.0], requires_grad=True), Tensor([1.0, 1.0], requires_grad=True)
    loss = (x + w).sum()
    with no_grad():
        w -= 1
    loss.backward()
    assert w.grad.tolist() == [1, 1]


def test_change_before_use_is_fine():
    w = Tensor([1.0, 2.0], requires_grad=True)
    with no_grad():
        w *= 2
    (w * w).sum().backward()
    assert w.grad.tolist() == [4, 8]


def test_data_of_another_shape_is_refused():
    w = Tensor([1.0, 2.0], name="w")
    with pytest.raises(ShapeError, match=r"'w'.*\(2,\).*\(3,\)"):
        w.data = np.ones(3)


def test_attributes_of_tensors_are_read_without_a_hook():
    # With `__getattr__` or `__getattribute__` Python reads every attribute of a class more slowly: 12 % of a scalar operation.
    assert not hasattr(Tensor, "__getattr__")
    assert Tensor.__getattribute__ is object.__getattribute__
