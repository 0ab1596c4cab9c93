import copy
import pickle

import numpy as np
import pytest

import nn
from autograd import InPlaceError, Tensor
from optim import SGD, Optimiser


def weights():
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in ((3, 4), (4,), (4, 2), (2,))]


INPUTS = np.random.default_rng(1).normal(size=(10, 3))
TARGETS = np.random.default_rng(2).normal(size=(10, 2))


def make(*arrays):
    return [Tensor(array, requires_grad=True) for array in arrays]


def network(x, y, parameters, tanh):
    w1, b1, w2, b2 = parameters
    return ((tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2).mean()


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_100_steps_agree_with_torch(torch, momentum):
    ours = make(*weights())
    theirs = [torch.tensor(w, requires_grad=True) for w in weights()]
    optimiser = SGD(ours, lr=0.1, momentum=momentum)
    expected = torch.optim.SGD(theirs, lr=0.1, momentum=momentum)
    x, y = torch.tensor(INPUTS), torch.tensor(TARGETS)
    for _ in range(100):
        optimiser.zero_grad()
        network(INPUTS, TARGETS, ours, Tensor.tanh).backward()
        optimiser.step()
        expected.zero_grad()
        network(x, y, theirs, torch.tanh).backward()
        expected.step()
    for p, q in zip(ours, theirs):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_gradients_that_come_and_go_agree_with_torch(torch, momentum):
    ours = make(*weights())
    theirs = [torch.tensor(w, requires_grad=True) for w in weights()]
    optimiser = SGD(ours, lr=0.1, momentum=momentum)
    expected = torch.optim.SGD(theirs, lr=0.1, momentum=momentum)
    rng = np.random.default_rng(3)
    for step in range(40):
        optimiser.zero_grad()
        expected.zero_grad()
        for i, (p, q) in enumerate(zip(ours, theirs)):
            if (step >> i) % 2:
                p.grad = rng.normal(size=p.shape)
                q.grad = torch.tensor(p.grad.numpy())
        optimiser.step()
        expected.step()
    for p, q in zip(ours, theirs):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-12, atol=1e-12)


def test_step_moves_against_the_gradient_by_the_learning_rate():
    (w,) = make([1.0, 2.0])
    optimiser = SGD([w], lr=0.5)
    w.grad = [2.0, -4.0]
    optimiser.step()
    assert w.tolist() == [0.0, 4.0]


def test_velocity_keeps_the_share_momentum_of_itself():
    (w,) = make([0.0])
    optimiser = SGD([w], lr=1.0, momentum=0.5)
    seen = []
    for _ in range(3):
        w.grad = [-1.0]
        optimiser.step()
        seen.append(w.item())
    assert seen == [1.0, 2.5, 4.25]


def test_learning_rate_may_change_between_steps():
    (w,) = make([0.0])
    optimiser = SGD([w], lr=1.0)
    w.grad = [-1.0]
    optimiser.step()
    optimiser.lr = 0.125
    optimiser.step()
    assert w.item() == 1.125


def test_parameters_are_views_of_one_buffer():
    parameters = make(*weights())
    SGD(parameters)
    (buffer,) = {id(p.data.base): p.data.base for p in parameters}.values()
    assert buffer.size == sum(p.size for p in parameters)


def test_packing_keeps_the_values():
    parameters = make(*weights(), 5.0)
    SGD(parameters)
    for p, w in zip(parameters, [*weights(), 5.0]):
        np.testing.assert_array_equal(p.data, w)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_rebound_parameter_is_moved_from_its_new_values(momentum):
    a, b = make([1.0, 1.0], [2.0])
    optimiser = SGD([a, b], lr=0.5, momentum=momentum)
    a.data = np.array([10.0, 20.0])
    a.grad, b.grad = [2.0, 2.0], [2.0]
    optimiser.step()
    assert a.tolist() == [9.0, 19.0]
    assert b.tolist() == [1.0]
    assert a.data.base is b.data.base


def test_model_loaded_after_the_optimiser_was_made_is_trained_from_there():
    model = nn.Linear(2, 1)
    optimiser = SGD(model.parameters(), lr=1.0)
    model.load_state_dict({"weight": [[5.0], [6.0]], "bias": [7.0]})
    model([[1.0, 1.0]]).backward()
    optimiser.step()
    assert model.weight.tolist() == [[4.0], [5.0]]
    assert model.bias.tolist() == [6.0]


def test_parameters_without_gradient_stay():
    a, b, c = make([1.0], [2.0, 3.0], [4.0])
    optimiser = SGD([a, b, c], lr=1.0)
    b.grad = [1.0, 1.0]
    optimiser.step()
    assert [p.tolist() for p in (a, b, c)] == [[1.0], [1.0, 2.0], [4.0]]


def test_step_without_any_gradient_changes_nothing():
    parameters = make(*weights())
    SGD(parameters, momentum=0.9).step()
    for p, w in zip(parameters, weights()):
        np.testing.assert_array_equal(p.data, w)


def test_step_reads_gradients_and_leaves_them():
    (w,) = make([1.0])
    w.grad = [3.0]
    SGD([w], lr=0.1, momentum=0.9).step()
    assert w.grad.tolist() == [3.0]


def test_zero_grad_forgets_the_gradients():
    (w,) = make([1.0])
    (w * w).backward()
    SGD([w]).zero_grad()
    assert w.grad is None


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_step_before_backward_of_an_older_graph_is_noticed(momentum):
    (w,) = make([1.0, 2.0])
    optimiser = SGD([w], lr=0.1, momentum=momentum)
    older = (w * w).sum()
    w.sum().backward()
    optimiser.step()
    with pytest.raises(InPlaceError, match="multiply"):
        older.backward()


def test_graph_recorded_after_a_step_is_fine():
    (w,) = make([1.0, 2.0])
    optimiser = SGD([w], lr=0.5)
    (w * w).sum().backward()
    optimiser.step()
    optimiser.zero_grad()
    (w * w).sum().backward()
    assert w.grad.tolist() == [0.0, 0.0]


def test_scalar_parameter_is_moved():
    (w,) = make(3.0)
    optimiser = SGD([w], lr=0.25)
    (w * w).backward()
    optimiser.step()
    assert w.item() == 1.5


def test_parameter_given_twice_is_refused():
    (w,) = make([1.0])
    with pytest.raises(ValueError, match="twice"):
        SGD([w, w], lr=0.5)


def test_copied_optimiser_moves_the_copied_parameters():
    for copied in (copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        (w,) = make([1.0, 2.0])
        v, optimiser = copied((w, SGD([w], lr=0.5)))
        v.grad = [1.0, 1.0]
        optimiser.step()
        assert (v.tolist(), w.tolist()) == ([0.5, 1.5], [1.0, 2.0])


def test_step_leaves_graphs_of_parameters_without_gradient_alone():
    a, b = make([1.0], [1.0])
    optimiser = SGD([a, b], lr=1.0)
    loss = (b * b).sum()
    a.grad = [1.0]
    optimiser.step()
    loss.backward()
    assert b.grad.tolist() == [2]


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_float32_parameters_stay_float32(momentum):
    w = Tensor(np.ones(3, np.float32), requires_grad=True)
    optimiser = SGD([w], lr=0.1, momentum=momentum)
    (w * w).sum().backward()
    optimiser.step()
    assert w.dtype == np.float32


def test_empty_list_of_parameters_is_refused():
    with pytest.raises(ValueError, match="empty"):
        SGD(iter([]))


@pytest.mark.parametrize("lr", [0, -0.1, float("nan")])
def test_learning_rate_must_be_above_zero(lr):
    with pytest.raises(ValueError, match=f"learning rate .*{lr}"):
        SGD(make([1.0]), lr=lr)


@pytest.mark.parametrize("momentum", [-0.1, 1, 1.5, float("nan")])
def test_momentum_must_be_below_one(momentum):
    with pytest.raises(ValueError, match=f"momentum .*{momentum}"):
        SGD(make([1.0]), momentum=momentum)


@pytest.mark.parametrize("wrong", [Tensor([1.0], requires_grad=True) * 2, np.ones(2), 1.0])
def test_only_leaf_tensors_are_parameters(wrong):
    with pytest.raises(ValueError, match="leaf"):
        SGD([*make([1.0]), wrong])


@pytest.mark.parametrize("values", [[1.0, 2.0], 1.0])
def test_single_tensor_in_place_of_a_list_is_refused(values):
    with pytest.raises((TypeError, ValueError), match="parameters"):
        SGD(Tensor(values, requires_grad=True))


def test_mixed_dtypes_are_refused_by_name():
    single = Tensor(np.ones(2, np.float32), requires_grad=True)
    with pytest.raises(ValueError, match=r"float32.*float64"):
        SGD([single, *make([1.0])])


def test_optimiser_of_ones_own_needs_only_its_update():
    class SignDescent(Optimiser):
        def update(self, values, gradients, part):
            values -= self.lr * np.sign(gradients)

    a, b = make([1.0, 1.0], [1.0])
    optimiser = SignDescent([a, b], lr=0.25)
    a.grad, b.grad = [100.0, -0.1], [0.0]
    optimiser.step()
    assert a.tolist() == [0.75, 1.25]
    assert b.tolist() == [1.0]
