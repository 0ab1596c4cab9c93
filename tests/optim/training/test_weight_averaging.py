"""Averages of weights: EMA and SWA."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import Tensor
from optim import EMA, SGD, SWA
from tests.optim.array_asserts import assert_close_arrays

SHAPES = [(3, 4), (4,), (2, 1, 2), (1,)]


def parameters(dtype=np.float64):
    rng = np.random.default_rng(0)
    return [Tensor(rng.normal(size=shape).astype(dtype), requires_grad=True) for shape in SHAPES]


def path(steps, seed=1):
    """Weights that a training passes through."""
    rng = np.random.default_rng(seed)
    return [[rng.normal(size=shape) for shape in SHAPES] for _ in range(steps)]


def follow(average, steps):
    for weights in steps:
        for parameter, value in zip(average.parameters, weights):
            parameter.data = value.copy()
        average.update()


def scalars(cls, values, **options):
    w = Tensor([0.0], requires_grad=True)
    average = cls([w], **options)
    follow(average, [[np.array([value])] for value in values])
    return average.averages[0].item()


def torch_average(torch, steps, **options):
    model = torch.nn.ParameterList([torch.zeros(shape, dtype=torch.float64) for shape in SHAPES])
    averaged = torch.optim.swa_utils.AveragedModel(model, **options)
    for weights in steps:
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), weights):
                parameter.copy_(torch.tensor(value))
        averaged.update_parameters(model)
    return [p.detach().numpy() for p in averaged.parameters()]


# The numbers


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.9, 0.999])
def test_exponential_average_is_that_of_torch(torch, decay):
    average = EMA(parameters(), decay)
    follow(average, path(200))
    averaging = torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
    assert_close_arrays(average.averages, torch_average(torch, path(200), multi_avg_fn=averaging))


def test_stochastic_weight_average_is_that_of_torch(torch):
    average = SWA(parameters())
    follow(average, path(200))
    assert_close_arrays(average.averages, torch_average(torch, path(200)))


def test_stochastic_weight_average_is_the_mean():
    average = SWA(parameters())
    follow(average, path(50))
    assert_close_arrays(average.averages, [np.mean(values, axis=0) for values in zip(*path(50))])


@settings(max_examples=20)
@given(decay=st.floats(0, 0.999), values=st.lists(st.floats(-10, 10), min_size=1, max_size=20))
def test_corrected_average_weighs_by_age_alone(decay, values):
    shares = np.array([decay ** (len(values) - 1 - k) for k in range(len(values))])
    expected = float(shares @ values / shares.sum())
    assert scalars(EMA, values, decay=decay, bias_correction=True) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_without_correction_the_first_weights_keep_their_share():
    assert scalars(EMA, [1.0, 0.0, 0.0, 0.0], decay=0.9) == pytest.approx(0.9**3)
    assert scalars(EMA, [1.0, 0.0, 0.0, 0.0], decay=0.9, bias_correction=True) == pytest.approx(0.9**3 / 3.439)


@pytest.mark.parametrize("cls", [EMA, SWA])
def test_weights_before_the_first_update_do_not_count(cls):
    assert scalars(cls, [5.0]) == 5.0


@pytest.mark.parametrize("cls", [EMA, SWA])
def test_average_of_standing_weights_is_the_weights(cls):
    average = cls(parameters())
    weights = path(1)
    follow(average, weights * 30)
    assert_close_arrays(average.averages, weights[0])


@pytest.mark.parametrize("cls", [EMA, SWA])
def test_float32_weights_have_float32_averages(cls):
    average = cls(parameters(np.float32))
    average.update()
    for p in average.parameters:
        p.data = p.data + np.float32(1)
    average.update()
    assert {a.dtype for a in average.averages} == {np.dtype(np.float32)}
    with average.apply():
        assert {p.dtype for p in average.parameters} == {np.dtype(np.float32)}


def test_scalar_weights_are_averaged():
    w = Tensor(1.0, requires_grad=True)
    average = SWA([w])
    average.update()
    w.data = np.float64(3.0)
    average.update()
    with average.apply():
        assert (w * 1).item() == 2.0
    assert w.item() == 3.0


# In the model and out of it


def trained(cls, steps=5, **options):
    model = nn.MLP([2, 4, 1], rng=0)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    average = cls(model.parameters(), **options)
    for _ in range(steps):
        one_step(model, optimizer)
        average.update()
    return model, optimizer, average


def one_step(model, optimizer):
    optimizer.zero_grad()
    (model(np.ones((3, 2))) ** 2).sum().backward()
    optimizer.step()


def test_apply_restores_the_weights_bit_for_bit():
    model, _, average = trained(EMA, decay=0.5)
    own = [(p.data, p.data.copy()) for p in model.parameters()]
    with average.apply():
        assert_close_arrays([p.data for p in model.parameters()], average.averages, rtol=0)
        assert not any(np.array_equal(p.data, values) for p, (_, values) in zip(model.parameters(), own))
    for p, (array, values) in zip(model.parameters(), own):
        assert p.data is array
        np.testing.assert_array_equal(array, values)


def test_apply_restores_the_weights_after_an_error():
    model, _, average = trained(SWA)
    before = model.state_dict()
    with pytest.raises(ZeroDivisionError), average.apply():
        raise ZeroDivisionError
    assert_close_arrays(model.state_dict().values(), before.values(), rtol=0)


@pytest.mark.parametrize("cls", [EMA, SWA])
def test_averaging_does_not_change_the_training(cls):
    plain, plain_optimizer, _ = trained(cls)
    model, optimizer, average = trained(cls)
    for _ in range(5):
        with average.apply():
            model(np.ones((3, 2)))
        one_step(model, optimizer)
        one_step(plain, plain_optimizer)
    assert_close_arrays(model.state_dict().values(), plain.state_dict().values(), rtol=0)


def test_changes_of_applied_weights_do_not_change_the_averages():
    model, optimizer, average = trained(SWA)
    before = [a.copy() for a in average.averages]
    own = model.state_dict()
    with average.apply():
        for p in model.parameters():
            p.data[...] = 7.0
        one_step(model, optimizer)
    assert_close_arrays(average.averages, before, rtol=0)
    assert_close_arrays(model.state_dict().values(), own.values(), rtol=0)
    one_step(model, optimizer)
    assert all(np.isfinite(p.data).all() for p in model.parameters())


def test_copy_to_is_permanent_and_training_continues_from_it():
    model, optimizer, average = trained(SWA)
    average.copy_to()
    assert_close_arrays([p.data for p in model.parameters()], average.averages, rtol=0)
    one_step(model, optimizer)
    assert not np.array_equal(next(iter(model.parameters())).data, average.averages[0])


@pytest.mark.parametrize("cls", [EMA, SWA])
def test_nothing_averaged_is_nothing_to_apply(cls):
    average = cls(parameters())
    before = [p.data for p in average.parameters]
    with pytest.raises(RuntimeError, match=r"update\(\)"), average.apply():
        pass
    with pytest.raises(RuntimeError, match=r"update\(\)"):
        average.copy_to()
    assert all(p.data is data for p, data in zip(average.parameters, before))


# State


@pytest.mark.parametrize(("cls", "options"), [(EMA, {"decay": 0.9}), (EMA, {"bias_correction": True}), (SWA, {})])
def test_a_stored_state_continues_bit_for_bit(cls, options):
    whole, first, second = (cls(parameters(), **options) for _ in range(3))
    steps = path(40)
    follow(whole, steps)
    follow(first, steps[:17])
    second.load_state_dict(first.state_dict())
    follow(second, steps[17:])
    assert_close_arrays(second.averages, whole.averages, rtol=0)


def test_state_is_a_copy():
    average = SWA(parameters())
    follow(average, path(1))
    state = average.state_dict()
    follow(average, path(5, seed=2))
    assert state["updates"] == 1
    assert_close_arrays(state["averages"], path(1)[0], rtol=0)


def test_state_of_other_shapes_is_refused():
    average = SWA(parameters())
    state = average.state_dict()
    for wrong in (state["averages"][:2], [np.zeros(3), *state["averages"][1:]]):
        with pytest.raises(ValueError, match="shapes"):
            average.load_state_dict(state | {"averages": wrong, "updates": 9})
    with pytest.raises(ValueError, match="updates and averages expected"):
        average.load_state_dict({"averages": []})
    assert average.updates == 0


@pytest.mark.parametrize("decay", [-0.1, 1.0, float("nan"), "a"])
def test_decay_is_below_one(decay):
    with pytest.raises(ValueError, match=f"decay .*{decay}"):
        EMA(parameters(), decay)


@pytest.mark.parametrize("cls", [EMA, SWA])
def test_only_lists_of_tensors_of_floats_are_averaged(cls):
    with pytest.raises(ValueError, match="no parameters"):
        cls(iter([]))
    with pytest.raises(ValueError, match=r"write \[w\]"):
        cls(Tensor([1.0]))
    for wrong in (np.ones(2), Tensor([1, 2])):
        with pytest.raises(ValueError, match="tensors of floats"):
            cls([Tensor([1.0]), wrong])
