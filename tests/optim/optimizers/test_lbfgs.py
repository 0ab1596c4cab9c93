import numpy as np
import pytest

from autograd import Tensor, no_grad
from optim import LBFGS
from optim.optimizers.line_search import Point, strong_wolfe
from tests.optim.pytorch_pair import PROBLEMS, PyTorchPair


def train_both(torch, problem, steps, **options):
    """Both optimizers after some steps with the same closures, and the losses that the steps returned."""
    pair = PyTorchPair(torch, "LBFGS", problem, **options)
    losses = []
    for parameters, optimizer, constant, tanh in (
        (pair.ours, pair.optimizers[0], lambda array: array, Tensor.tanh),
        (pair.theirs, pair.optimizers[1], torch.tensor, torch.tanh),
    ):

        def closure(parameters=parameters, optimizer=optimizer, constant=constant, tanh=tanh):
            optimizer.zero_grad()
            loss = pair.problem.loss(parameters, constant, tanh)
            loss.backward()
            return loss

        losses.append([optimizer.step(closure).item() for _ in range(steps)])
    return pair, losses


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"history_size": 3, "max_iter": 5},
        {"lr": 0.5, "max_eval": 4},
        {"tolerance_grad": 1e-2},
        {"max_iter": 1, "max_eval": 3},
    ],
)
def test_strong_wolfe_agrees_with_torch(torch, problem, options):
    # on the network a change of one bit at the start changes PyTorch's result by 1e-9 after 60 moves
    pair, (ours, theirs) = train_both(
        torch, problem, 2 if problem == "network" else 6, line_search_fn="strong_wolfe", **options
    )
    pair.assert_equal()
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    state = pair.optimizers[1].state[pair.theirs[0]]
    assert (pair.optimizers[0].n_iter, pair.optimizers[0].func_evals) == (state["n_iter"], state["func_evals"])


@pytest.mark.parametrize("problem", ["quadratic", "network"])
@pytest.mark.parametrize("options", [{}, {"lr": 0.1, "max_iter": 4, "history_size": 2}])
def test_fixed_steps_agree_with_torch(torch, problem, options):
    pair, (ours, theirs) = train_both(torch, problem, 1 if problem == "network" else 5, **options)
    pair.assert_equal()
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def quadratic_closure(w, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = ((w - 1) ** 2 * np.array([1.0, 5.0, 25.0])).sum()
        loss.backward()
        return loss

    return closure


def test_quadratic_of_three_weights_is_solved_in_a_few_moves():
    w = Tensor([3.0, -2.0, 1.5], requires_grad=True)
    optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    optimizer.step(quadratic_closure(w, optimizer))
    np.testing.assert_allclose(w.data, 1, atol=1e-6)
    assert optimizer.n_iter <= 10


def test_steps_of_one_move_converge():
    w = Tensor([3.0, -2.0, 1.5], requires_grad=True)
    optimizer = LBFGS([w], max_iter=1, line_search_fn="strong_wolfe")
    for _ in range(20):
        optimizer.step(quadratic_closure(w, optimizer))
    np.testing.assert_allclose(w.data, 1, atol=1e-3)


def test_parameter_without_gradient_stays():
    w, idle = Tensor([3.0, -2.0, 1.5], requires_grad=True), Tensor([7.0], requires_grad=True)
    optimizer = LBFGS([w, idle], line_search_fn="strong_wolfe")
    optimizer.step(quadratic_closure(w, optimizer))
    assert idle.tolist() == [7.0]


def test_closure_records_inside_no_grad():
    w = Tensor([3.0, -2.0, 1.5], requires_grad=True)
    optimizer = LBFGS([w])
    with no_grad():
        assert optimizer.step(quadratic_closure(w, optimizer)).item() == pytest.approx(4 + 45 + 6.25)


def test_float32_parameters_stay_float32():
    w = Tensor(np.zeros(3, np.float32), requires_grad=True)
    optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    closure = quadratic_closure(w, optimizer)
    optimizer.step(closure)
    assert w.dtype == np.float32
    np.testing.assert_allclose(w.data, 1, atol=1e-3)


def test_step_at_the_minimum_changes_nothing():
    w = Tensor([1.0, 1.0, 1.0], requires_grad=True)
    optimizer = LBFGS([w])
    optimizer.step(quadratic_closure(w, optimizer))
    assert w.tolist() == [1.0, 1.0, 1.0]
    assert optimizer.func_evals == 1


def test_state_nbytes_counts_the_history():
    w = Tensor(np.array([3.0, -2.0, 1.5]), requires_grad=True)
    optimizer = LBFGS([w], max_iter=4, history_size=2, tolerance_change=0)
    assert optimizer.state_nbytes == 0
    optimizer.step(quadratic_closure(w, optimizer))
    assert optimizer.state_nbytes == (2 + 2 * 2) * 3 * 8


def test_training_continues_identically_from_a_state_dict():
    w = Tensor([3.0, -2.0, 1.5], requires_grad=True)
    optimizer = LBFGS([w], max_iter=2)
    optimizer.step(quadratic_closure(w, optimizer))
    v = Tensor(w.numpy().copy(), requires_grad=True)
    other = LBFGS([v], lr=0.3)
    other.load_state_dict(optimizer.state_dict())
    for _ in range(3):
        optimizer.step(quadratic_closure(w, optimizer))
        other.step(quadratic_closure(v, other))
    assert w.tolist() == v.tolist()
    assert other.n_iter == optimizer.n_iter


def test_state_of_another_number_of_weights_is_refused():
    w = Tensor([3.0, -2.0, 1.5], requires_grad=True)
    optimizer = LBFGS([w])
    optimizer.step(quadratic_closure(w, optimizer))
    with pytest.raises(ValueError, match=r"2 elements, .* in the state has 3"):
        LBFGS([Tensor([1.0, 2.0], requires_grad=True)]).load_state_dict(optimizer.state_dict())


@pytest.mark.parametrize(
    ("closure", "message"),
    [(None, "takes a closure"), (lambda: None, "must return the loss"), (lambda: Tensor(1.0), "left no gradients")],
)
def test_wrong_closures_are_refused(closure, message):
    with pytest.raises(TypeError, match=message):
        LBFGS([Tensor([1.0], requires_grad=True)]).step(closure)


def test_groups_are_refused():
    w, v = (Tensor([1.0], requires_grad=True) for _ in range(2))
    with pytest.raises(ValueError, match="together"):
        LBFGS([{"params": [w]}, {"params": [v]}])
    with pytest.raises(ValueError, match="together"):
        LBFGS([w]).add_param_group({"params": [v]})


@pytest.mark.parametrize(
    "options", [{"max_iter": 0}, {"history_size": 1.5}, {"tolerance_grad": -1}, {"line_search_fn": "wolfe"}]
)
def test_invalid_options_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        LBFGS([Tensor([1.0], requires_grad=True)], **options)


@pytest.mark.parametrize("distance", [1e-3, 0.1, 1.0, 30.0, 1e3])
@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (lambda t: (t - 3) ** 2, lambda t: 2 * (t - 3)),
        (lambda t: np.cos(t) + t / 10, lambda t: -np.sin(t) + 0.1),
        (lambda t: -t / (t * t + 2), lambda t: (t * t - 2) / (t * t + 2) ** 2),
    ],
)
def test_line_search_satisfies_the_strong_wolfe_conditions(f, slope, distance):
    def at(t):
        return Point(t, f(t), np.array([slope(t)]), slope(t))

    start = at(0.5)._replace(distance=0.0)
    point, evaluations = strong_wolfe(lambda t: at(0.5 + t)._replace(distance=t), start, distance, 1.0, 25)
    assert point.loss <= start.loss + 1e-4 * point.distance * start.slope
    assert abs(point.slope) <= 0.9 * abs(start.slope)
    assert evaluations <= 26


def test_state_dict_is_a_copy_and_complete():
    w = Tensor([3.0, -2.0, 1.5], requires_grad=True)
    optimizer = LBFGS([w], max_iter=3)
    assert optimizer.state_dict()["state"] == {}
    optimizer.step(quadratic_closure(w, optimizer))
    state = optimizer.state_dict()
    count = len(state["state"][0]["rates"])
    optimizer.step(quadratic_closure(w, optimizer))
    assert len(state["state"][0]["rates"]) == len(state["state"][0]["moves"]) == count
    del state["state"][0]["scale"]
    with pytest.raises(ValueError, match="no 'scale'"):
        optimizer.load_state_dict(state)
