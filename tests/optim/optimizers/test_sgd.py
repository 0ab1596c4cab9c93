import copy
import pickle

import numpy as np
import pytest

import nn
from autograd import InPlaceError, Tensor
from optim import SGD, Optimizer
from tests.optim.pytorch_pair import PROBLEMS, PyTorchPair


def weights():
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in ((3, 4), (4,), (4, 2), (2,))]


def tensors(*arrays):
    return [Tensor(array, requires_grad=True) for array in arrays]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"momentum": 0.9},
        {"momentum": 0.5, "dampening": 0.3},
        {"momentum": 0.5, "nesterov": True},
        {"weight_decay": 0.1},
        {"momentum": 0.5, "dampening": 1.0, "weight_decay": 0.1, "maximize": True},
    ],
)
def test_200_steps_agree_with_torch(torch, options, problem):
    lr = 1e-4 if problem == "rosenbrock" or "maximize" in options else 0.02
    PyTorchPair(torch, "SGD", problem, lr=lr, **options).take_steps().assert_equal()


def test_step_moves_against_the_gradient_by_the_learning_rate():
    (w,) = tensors([1.0, 2.0])
    optimizer = SGD([w], lr=0.5)
    w.grad = [2.0, -4.0]
    optimizer.step()
    assert w.tolist() == [0.0, 4.0]


def test_velocity_is_multiplied_by_momentum():
    (w,) = tensors([0.0])
    optimizer = SGD([w], lr=1.0, momentum=0.5)
    positions = []
    for _ in range(3):
        w.grad = [-1.0]
        optimizer.step()
        positions.append(w.item())
    assert positions == [1.0, 2.5, 4.25]


def test_learning_rate_may_change_between_steps():
    (w,) = tensors([0.0])
    optimizer = SGD([w], lr=1.0)
    w.grad = [-1.0]
    optimizer.step()
    optimizer.lr = 0.125
    optimizer.step()
    assert w.item() == 1.125


def test_parameters_are_views_into_one_buffer():
    parameters = tensors(*weights())
    SGD(parameters)
    (buffer,) = {id(p.data.base): p.data.base for p in parameters}.values()
    assert buffer.size == sum(p.size for p in parameters)


def test_packing_keeps_the_values():
    parameters = tensors(*weights(), 5.0)
    SGD(parameters)
    for p, w in zip(parameters, [*weights(), 5.0]):
        np.testing.assert_array_equal(p.data, w)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_parameter_with_new_data_is_moved_from_its_new_values(momentum):
    a, b = tensors([1.0, 1.0], [2.0])
    optimizer = SGD([a, b], lr=0.5, momentum=momentum)
    a.data = np.array([10.0, 20.0])
    a.grad, b.grad = [2.0, 2.0], [2.0]
    optimizer.step()
    assert a.tolist() == [9.0, 19.0]
    assert b.tolist() == [1.0]
    assert a.data.base is b.data.base


def test_model_loaded_after_the_optimizer_was_created_is_trained_from_its_new_values():
    model = nn.Linear(2, 1)
    optimizer = SGD(model.parameters(), lr=1.0)
    model.load_state_dict({"weight": [[5.0], [6.0]], "bias": [7.0]})
    model([[1.0, 1.0]]).backward()
    optimizer.step()
    assert model.weight.tolist() == [[4.0], [5.0]]
    assert model.bias.tolist() == [6.0]


def test_parameters_without_gradient_stay():
    a, b, c = tensors([1.0], [2.0, 3.0], [4.0])
    optimizer = SGD([a, b, c], lr=1.0)
    b.grad = [1.0, 1.0]
    optimizer.step()
    assert [p.tolist() for p in (a, b, c)] == [[1.0], [1.0, 2.0], [4.0]]


def test_step_without_any_gradient_changes_nothing():
    parameters = tensors(*weights())
    SGD(parameters, momentum=0.9).step()
    for p, w in zip(parameters, weights()):
        np.testing.assert_array_equal(p.data, w)


def test_step_does_not_change_gradients():
    (w,) = tensors([1.0])
    w.grad = [3.0]
    SGD([w], lr=0.1, momentum=0.9).step()
    assert w.grad.tolist() == [3.0]


def test_zero_grad_clears_the_gradients():
    (w,) = tensors([1.0])
    (w * w).backward()
    SGD([w]).zero_grad()
    assert w.grad is None


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_step_before_backward_of_an_older_graph_is_refused(momentum):
    (w,) = tensors([1.0, 2.0])
    optimizer = SGD([w], lr=0.1, momentum=momentum)
    older = (w * w).sum()
    w.sum().backward()
    optimizer.step()
    with pytest.raises(InPlaceError, match="multiply"):
        older.backward()


def test_graph_recorded_after_a_step_may_be_traversed():
    (w,) = tensors([1.0, 2.0])
    optimizer = SGD([w], lr=0.5)
    (w * w).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
    (w * w).sum().backward()
    assert w.grad.tolist() == [0.0, 0.0]


def test_scalar_parameter_is_moved():
    (w,) = tensors(3.0)
    optimizer = SGD([w], lr=0.25)
    (w * w).backward()
    optimizer.step()
    assert w.item() == 1.5


def test_parameter_given_twice_is_refused():
    (w,) = tensors([1.0])
    with pytest.raises(ValueError, match="twice"):
        SGD([w, w], lr=0.5)


def test_copied_optimizer_moves_the_copied_parameters():
    for duplicate in (copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        (w,) = tensors([1.0, 2.0])
        v, optimizer = duplicate((w, SGD([w], lr=0.5)))
        v.grad = [1.0, 1.0]
        optimizer.step()
        assert (v.tolist(), w.tolist()) == ([0.5, 1.5], [1.0, 2.0])


def test_graphs_of_parameters_without_gradient_survive_a_step():
    a, b = tensors([1.0], [1.0])
    optimizer = SGD([a, b], lr=1.0)
    loss = (b * b).sum()
    a.grad = [1.0]
    optimizer.step()
    loss.backward()
    assert b.grad.tolist() == [2]


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_float32_parameters_stay_float32(momentum):
    w = Tensor(np.ones(3, np.float32), requires_grad=True)
    optimizer = SGD([w], lr=0.1, momentum=momentum)
    (w * w).sum().backward()
    optimizer.step()
    assert w.dtype == np.float32


def test_empty_list_of_parameters_is_refused():
    with pytest.raises(ValueError, match="empty"):
        SGD(iter([]))


@pytest.mark.parametrize("lr", [0, -0.1, float("nan")])
def test_learning_rate_must_be_above_zero(lr):
    with pytest.raises(ValueError, match=f"learning rate .*{lr}"):
        SGD(tensors([1.0]), lr=lr)


@pytest.mark.parametrize("momentum", [-0.1, 1, 1.5, float("nan")])
def test_momentum_must_be_below_one(momentum):
    with pytest.raises(ValueError, match=f"momentum .*{momentum}"):
        SGD(tensors([1.0]), momentum=momentum)


@pytest.mark.parametrize("options", [{"nesterov": True}, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}])
def test_nesterov_needs_momentum_and_no_dampening(options):
    with pytest.raises(ValueError, match=r"nesterov needs momentum and no dampening, not momentum=0\.\d and dampening=0\.\d"):
        SGD(tensors([1.0]), **options)


@pytest.mark.parametrize("wrong", [Tensor([1.0], requires_grad=True) * 2, np.ones(2), 1.0])
def test_only_leaf_tensors_are_parameters(wrong):
    with pytest.raises(ValueError, match="leaf"):
        SGD([*tensors([1.0]), wrong])


@pytest.mark.parametrize("values", [[1.0, 2.0], 1.0])
def test_single_tensor_in_place_of_a_list_is_refused(values):
    with pytest.raises((TypeError, ValueError), match="parameters"):
        SGD(Tensor(values, requires_grad=True))


def test_mixed_dtypes_are_refused_by_name():
    single = Tensor(np.ones(2, np.float32), requires_grad=True)
    with pytest.raises(ValueError, match=r"float32.*float64"):
        SGD([single, *tensors([1.0])])


def test_subclass_needs_only_update():
    class SignDescent(Optimizer):
        def update(self, group):
            for w, g in group.chunks():
                w -= group["lr"] * np.sign(g)

    a, b = tensors([1.0, 1.0], [1.0])
    optimizer = SignDescent([a, b], lr=0.25)
    a.grad, b.grad = [100.0, -0.1], [0.0]
    optimizer.step()
    assert a.tolist() == [0.75, 1.25]
    assert b.tolist() == [1.0]
