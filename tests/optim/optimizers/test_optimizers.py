"""The parameter_lists that all optimizers share: groups, checks of options, steps in segments and chunks."""

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim import L2, LAMB, LARS, SGD, Adadelta, Adagrad, Adam, AdamW, ElasticNet, MaxNorm, NAdam, RMSprop, Rprop
from tests.optim.array_asserts import assert_equal_arrays
from tests.optim.optimizer_cases import OPTIMIZERS, each_optimizer, each_shared_with_pytorch, take_random_steps, tensors
from tests.optim.pytorch_pair import PROBLEMS, WEIGHTS, PyTorchPair


@each_shared_with_pytorch
def test_groups_with_their_own_rates_agree_with_torch(double_torch, optimizer_class, options):
    groups = [{"lr": lr} for lr in (1e-3, 1e-2, 3e-3, 1e-4)]
    PyTorchPair(double_torch, optimizer_class.__name__, "network", groups, **options).take_steps(50).assert_equal()


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (2,), (0,)], ids=str)
@each_optimizer
def test_parameters_without_gradient_stay_whatever_their_size(optimizer_class, options, shape):
    stays, moves = tensors(np.full(shape, 2.0), np.full(3, 2.0))
    optimizer = optimizer_class([stays, moves], lr=0.1, **options)
    for gradients in [(None, np.ones(3)), (None, None)]:
        stays.grad, moves.grad = gradients
        optimizer.step()
    np.testing.assert_array_equal(stays.data, np.full(shape, 2.0))
    assert np.isfinite(moves.data).all()
    assert (moves.data != 2.0).all()


def test_groups_may_differ_in_every_option():
    a, b, c = tensors([1.0], [1.0], [1.0])
    rest = {"params": [b], "lr": 0.5, "momentum": 0.5, "nesterov": True, "penalty": L2(1.0, on=[b]), "maximize": True}
    optimizer = SGD([{"params": a}, rest, {"params": [c], "weight_decay": 1.0}], lr=0.25)
    for p in (a, b, c):
        p.grad = [2.0]
    optimizer.step()
    assert (a.item(), b.item(), c.item()) == (0.5, 1.0 - 0.5 * 1.5 * (-2 + 2), 0.25)


def test_groups_are_one_optimizer_of_all_parameters():
    parameter_lists = [tensors(*WEIGHTS) for _ in range(2)]
    optimizers = Adam(parameter_lists[0]), Adam([{"params": parameter_lists[1][:1]}, {"params": iter(parameter_lists[1][1:])}])
    for optimizer, parameters in zip(optimizers, parameter_lists):
        take_random_steps(optimizer, parameters, 5)
    assert_equal_arrays(*([p.data for p in parameters] for parameters in parameter_lists))
    assert all(p is q for p, q in zip(optimizers[1].parameters, parameter_lists[1]))


def test_learning_rate_is_that_of_the_first_group_and_set_for_all():
    a, b = tensors([1.0], [1.0])
    optimizer = SGD([{"params": [a], "lr": 0.5}, {"params": [b]}], lr=0.25)
    assert optimizer.lr == 0.5
    optimizer.lr = 0
    assert [group["lr"] for group in optimizer.param_groups] == [0, 0]


@pytest.mark.parametrize("lr", [-1, float("nan"), float("inf")])
def test_invalid_learning_rate_is_not_set(lr):
    optimizer = SGD(tensors([1.0]), lr=0.5)
    with pytest.raises(ValueError, match=f"0 or more and finite, not {lr}"):
        optimizer.lr = lr
    assert optimizer.lr == 0.5


def test_options_of_a_group_may_change_between_steps():
    (w,) = tensors([0.0])
    optimizer = SGD([w], lr=1.0)
    for momentum, expected in ((0.0, 1.0), (0.5, 2.0), (0.5, 3.5)):
        optimizer.param_groups[0]["momentum"] = momentum
        w.grad = [-1.0]
        optimizer.step()
        assert w.item() == expected


def test_group_added_later_starts_with_an_empty_state(torch):
    pair = PyTorchPair(torch, "Adam", "network", lr=0.01)
    for optimizer, p in zip(pair.optimizers, (pair.ours, pair.theirs)):
        removed = type(optimizer)(p[:2], lr=0.01)
        pair.optimizers[pair.optimizers.index(optimizer)] = removed
    for _ in range(2):
        for _ in range(10):
            pair.backward()
            pair.step()
        if len(pair.optimizers[0].param_groups) == 1:
            for optimizer, p in zip(pair.optimizers, (pair.ours, pair.theirs)):
                optimizer.add_param_group({"params": p[2:], "lr": 0.1})
    pair.assert_equal()


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (
            [{"params": tensors([1.0]), "learning_rate": 1}],
            "SGD has no option 'learning_rate'; write lr here",
        ),
        (
            [{"params": tensors([1.0]), "momentun": 1}],
            "SGD has no option 'momentun'; a group may have params, lr, momentum",
        ),
        ([{"lr": 1.0}], 'dict of "params"'),
        ([{"params": tensors([1.0])}, tensors([1.0])], 'dict of "params"'),
        ([{"params": []}], "empty"),
        ({"params": tensors([1.0])}, r"write \[group\]"),
        ([{"params": set(tensors([1.0]))}], "no order"),
        ([{"params": tensors([1.0]), "lr": -1}], "learning rate .* not -1"),
        ([{"params": tensors([1.0]), "momentum": "0.9"}], "momentum .* not '0.9'"),
        ([{"params": tensors([1.0]), "nesterov": True}], "nesterov"),
    ],
)
def test_wrong_groups_are_refused(groups, message):
    with pytest.raises(ValueError, match=message):
        SGD(groups)


def test_parameter_in_two_groups_is_refused_before_anything_changes():
    a, b = tensors([1.0], [2.0])
    before = a.data, b.data
    with pytest.raises(ValueError, match="twice"):
        SGD([{"params": [a, b]}, {"params": [b]}])
    assert a.data is before[0]
    assert b.data is before[1]
    optimizer = SGD([a])
    with pytest.raises(ValueError, match="twice"):
        optimizer.add_param_group({"params": [b, a]})
    assert len(optimizer.param_groups) == len(optimizer.parameters) == 1
    assert b.data is before[1]


def test_groups_may_have_different_dtypes():
    a, b = tensors(np.ones(2, np.float32), np.ones(2))
    take_random_steps(SGD([{"params": [a]}, {"params": [b]}], lr=0.1), [a, b], 3)
    assert (a.dtype, b.dtype) == (np.float32, np.float64)


@pytest.mark.parametrize(
    ("optimizer_class", "options", "message"),
    [
        (SGD, {"dampening": 2}, "dampening .* not 2"),
        (SGD, {"weight_decay": -1}, "weight_decay .* not -1"),
        (Adam, {"betas": (0.9, 1.0)}, r"betas .* not \(0.9, 1.0\)"),
        (Adam, {"betas": 0.9}, "two numbers .* not 0.9"),
        (AdamW, {"eps": -1e-8}, "eps .* not -1e-08"),
        (NAdam, {"momentum_decay": -1}, "momentum_decay"),
        (Adagrad, {"lr_decay": float("nan")}, "lr_decay .* not nan"),
        (RMSprop, {"alpha": 1.5}, "alpha"),
        (Adadelta, {"rho": -0.5}, "rho"),
        (Rprop, {"etas": (1.2, 0.5)}, "etas"),
        (Rprop, {"step_sizes": (1, 0)}, "step_sizes"),
        (LARS, {"trust_coefficient": 0}, "trust_coefficient"),
        (
            SGD,
            {"penalty": abs},
            r"penalty must be an ElasticNet, L1 or L2, such as L2\(1e-4\); add .* not <built-in",
        ),
        (SGD, {"constraint": 3}, r"constraint must be a Constraint, such as MaxNorm\(3\), not 3"),
    ],
)
def test_invalid_options_are_refused(optimizer_class, options, message):
    with pytest.raises(ValueError, match=message):
        optimizer_class(tensors([1.0]), **options)


@each_optimizer
def test_unknown_argument_is_refused(optimizer_class, options):
    with pytest.raises(TypeError, match="momentun"):
        optimizer_class(tensors([1.0]), momentun=0.9)


@each_optimizer
def test_keyword_of_another_library_is_answered_with_the_name_here(optimizer_class, options):
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'learning_rate'; write lr here$"):
        optimizer_class(tensors([1.0]), learning_rate=0.1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optim.LBFGS(tensors([1.0]), learning_rate=1.0), "write lr here"),
        (lambda: optim.WeightPerturbation(tensors([1.0]), seed=0), "write rng here"),
        (lambda: Adam(tensors([1.0]), beta_1=0.9), r"write betas=\(beta_1, beta_2\) here"),
        (lambda: SGD(tensors([1.0]), regularizer=L2(0.1)), "write penalty here"),
        (lambda: optim.StepLR(optimiser=SGD(tensors([1.0])), step_size=3), "write optimizer here"),
        (lambda: optim.ReduceLROnPlateau(SGD(tensors([1.0])), min_delta=0.1), "write threshold here"),
        (lambda: MaxNorm(max_value=3), "write limit here"),
        (lambda: optim.clip_grad_norm(tensors([1.0]), max_norm=1.0), "write limit of clip_grad_norm or MaxNorm"),
        (lambda: optim.clip_grad_norm(tensors([1.0]), 1.0, norm_type=1), "write p here"),
    ],
)
def test_names_of_pytorch_and_keras_are_answered(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_constructor_of_a_subclass_answers_names_too():
    class Descent(optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, lr)

    with pytest.raises(TypeError, match="'learning_rate'; write lr here"):
        Descent(tensors([1.0]), learning_rate=0.1)


def test_closure_is_called_first_and_its_loss_returned():
    (w,) = tensors([3.0])
    optimizer = Adam([w], lr=1.0)

    def closure():
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9.0
    assert w.item() == pytest.approx(2.0)


def test_loss_in_place_of_a_closure_is_refused():
    (w,) = tensors([1.0])
    with pytest.raises(TypeError, match=r"takes a closure, .* not Tensor"):
        SGD([w]).step((w * w).sum())


@each_optimizer
def test_maximize_is_the_mirror_image_of_descent(optimizer_class, options):
    down, up = tensors(*WEIGHTS), tensors(*(-w for w in WEIGHTS))
    take_random_steps(optimizer_class(down, **options), down, 10)
    take_random_steps(optimizer_class(up, maximize=True, **options), up, 10)
    for p, q in zip(down, up):
        np.testing.assert_allclose(p.data, -q.data, rtol=1e-12)


@each_shared_with_pytorch
def test_gradients_missing_in_some_steps_agree_with_torch(double_torch, optimizer_class, options):
    decay = {} if optimizer_class is Rprop else {"weight_decay": 0.1}
    pair = PyTorchPair(double_torch, optimizer_class.__name__, "network", lr=0.01, **decay, **options)
    rng = np.random.default_rng(3)
    for step in range(60):
        pair.optimizers[0].zero_grad()
        pair.optimizers[1].zero_grad()
        for i, (p, q) in enumerate(zip(pair.ours, pair.theirs)):
            if (step >> i) % 2 or step > 50:
                gradient = rng.normal(size=p.shape)
                p.grad, q.grad = gradient, double_torch.tensor(gradient)
        pair.step()
    pair.assert_equal()


@each_optimizer
def test_parameter_without_gradient_keeps_its_state(optimizer_class, options):
    all_parameters, single = tensors(*WEIGHTS), tensors(WEIGHTS[0])
    first, second = optimizer_class(all_parameters, **options), optimizer_class(single, **options)
    rng = np.random.default_rng(0)
    for step in range(20):
        for p in all_parameters:
            p.grad = rng.normal(size=p.shape)
        single[0].grad = all_parameters[0].grad
        if step % 3:
            all_parameters[0].grad = single[0].grad = None
        first.step()
        second.step()
    assert all_parameters[0].tolist() == single[0].tolist()


@each_optimizer
def test_results_do_not_depend_on_the_chunk_size(optimizer_class, options, monkeypatch):
    results = []
    for size, missing in ((2**17, 0.0), (40, 0.0), (2**17, 0.3), (40, 0.3)):
        monkeypatch.setattr("optim.optimizers.packed_buffer.CHUNK", size)
        common = {"penalty": ElasticNet(0.01, proximal=missing > 0), "constraint": MaxNorm(2.0)}
        parameters = tensors(*WEIGHTS, np.zeros(0), np.linspace(0, 1, 21).reshape(3, 7).T, 5.0)
        results.append(take_random_steps(optimizer_class(parameters, **common, **options), parameters, 10, missing=missing))
    for a, b in zip(results[0] + results[2], results[1] + results[3]):
        # the norms of LARS and LAMB are sums, whose rounding depends on the alignment of the arrays
        np.testing.assert_allclose(a, b, rtol=1e-12 if optimizer_class in (LARS, LAMB) else 0)


def test_gradients_of_any_layout_are_gathered(monkeypatch):
    monkeypatch.setattr("optim.optimizers.packed_buffer.CHUNK", 40)
    (w,) = tensors(np.zeros((6, 5)))
    gradient = np.arange(30.0).reshape(5, 6).T
    w.grad = Tensor(gradient)
    SGD([w], lr=1.0).step()
    np.testing.assert_array_equal(w.data, -gradient)


@each_optimizer
def test_float32_stays_float32_and_state_too(optimizer_class, options):
    parameters = tensors(*(w.astype(np.float32) for w in WEIGHTS))
    optimizer = optimizer_class(parameters, **options)
    for p in parameters:
        p.grad = np.ones(p.shape, np.float32)
    optimizer.step()
    assert {p.dtype for p in parameters} == {np.dtype(np.float32)}
    assert {a.dtype for group in optimizer.param_groups for a in group.state.values()} <= {np.dtype(np.float32)}


@each_optimizer
def test_float32_follows_float64(optimizer_class, options):
    single, double = (tensors(*(w.astype(dtype) for w in WEIGHTS)) for dtype in (np.float32, np.float64))
    for parameters in (single, double):
        take_random_steps(optimizer_class(parameters, **options), parameters, 20)
    for p, q in zip(single, double):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-4, atol=1e-5)


def test_every_optimizer_descends_on_every_problem():
    rates = {"SGD": 1e-3, "Adagrad": 0.1, "Adadelta": 1.0, "LARS": 1.0, "Lion": 1e-3, "RAdam": 1e-3}
    for name in dict.fromkeys(optimizer_class.__name__ for optimizer_class, _ in OPTIMIZERS):
        for problem in ("rosenbrock", "network"):
            parameters = PROBLEMS[problem].parameters()
            optimizer = getattr(optim, name)(parameters, lr=rates.get(name, 1e-2))
            losses = []
            for _ in range(100):
                optimizer.zero_grad()
                loss = PROBLEMS[problem].loss(parameters, lambda array: array, Tensor.tanh)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            assert losses[-1] < 0.95 * losses[0], (name, problem)


@pytest.mark.parametrize(
    ("optimizer_class", "options", "message"),
    [
        (Adam, {"amsgrad": "no"}, "amsgrad must be True or False, not 'no'"),
        (SGD, {"nesterov": "no", "momentum": 0.9}, "nesterov must be True or False"),
        (SGD, {"maximize": "no"}, "maximize must be True or False"),
    ],
)
def test_flags_must_be_true_or_false(optimizer_class, options, message):
    with pytest.raises(ValueError, match=message):
        optimizer_class([Tensor([1.0], requires_grad=True)], **options)


def test_none_in_place_of_parameters_is_refused():
    with pytest.raises(ValueError, match=r"an optimizer needs a list of parameters, such as .*, not None"):
        SGD(None)


@pytest.mark.parametrize("size", [40, 2**18])
@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1}, {"maximize": True}, {"penalty": L2(0.1)}], ids=" ".join)
@pytest.mark.parametrize("optimizer_class", [SGD, Adam, AdamW, RMSprop])
def test_step_does_not_change_gradients(optimizer_class, options, size, monkeypatch):
    monkeypatch.setattr("optim.optimizers.packed_buffer.CHUNK", size)
    rng = np.random.default_rng(0)
    parameters = [Tensor(rng.normal(size=shape), requires_grad=True) for shape in ((3, 7), (5,), (2, 2, 2))]
    for p in parameters:
        p.grad = rng.normal(size=p.shape)
    before = [p.grad.numpy().copy() for p in parameters]
    optimizer = optimizer_class(parameters, lr=0.1, **options)
    for _ in range(2):
        optimizer.step()
    for p, gradient in zip(parameters, before):
        np.testing.assert_array_equal(p.grad.numpy(), gradient)
