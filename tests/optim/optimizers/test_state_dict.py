"""The state of optimizers: its size, saving, loading and copies."""

import copy
import json
import pickle

import numpy as np
import pytest

from optim import L2, LAMB, LARS, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, MaxNorm, NAdam, RAdam, RMSprop, Rprop
from tests.optim.array_asserts import assert_equal_arrays
from tests.optim.optimizer_cases import SHARED_WITH_PYTORCH, each_optimizer, take_random_steps, tensors
from tests.optim.pytorch_pair import WEIGHTS, PyTorchPair


@pytest.mark.parametrize(
    ("optimizer_class", "options", "bytes_per_parameter"),
    [
        (SGD, {}, 0),
        (SGD, {"momentum": 0.9}, 4),
        (Adagrad, {}, 4),
        (RMSprop, {}, 4),
        (Adam, {}, 8),
        (AdamW, {}, 8),
        (LARS, {}, 4),
        (RMSprop, {"momentum": 0.9, "centered": True}, 12),
        (Adam, {"amsgrad": True}, 12),
        (Adadelta, {}, 8),
        (Adamax, {}, 8),
        (NAdam, {}, 8),
        (RAdam, {}, 8),
        (Rprop, {}, 8),
        (LAMB, {}, 8),
        (Lion, {}, 4),
    ],
)
def test_state_takes_the_bytes_of_the_lectures_table(optimizer_class, options, bytes_per_parameter):
    parameters = tensors(*(w.astype(np.float32) for w in WEIGHTS))
    optimizer = optimizer_class(parameters, penalty=L2(0.1), **options)
    take_random_steps(optimizer, parameters, 2)
    assert optimizer.state_nbytes == bytes_per_parameter * sum(p.size for p in parameters)


@each_optimizer
def test_training_continues_identically_from_a_state_dict(optimizer_class, options):
    first = tensors(*WEIGHTS)
    optimizer = optimizer_class([{"params": first[:2], "lr": 0.02}, {"params": first[2:]}], **options)
    take_random_steps(optimizer, first, 7, missing=0.3)
    second = tensors(*(p.numpy() for p in first))
    other = optimizer_class([{"params": second[:2]}, {"params": second[2:]}])
    other.load_state_dict(optimizer.state_dict())
    results = [take_random_steps(o, p, 7, seed=1, missing=0.3) for o, p in ((optimizer, first), (other, second))]
    assert_equal_arrays(*results)


def test_state_dict_is_a_copy():
    (w,) = tensors([1.0])
    optimizer = SGD([w], lr=0.5, momentum=0.5)
    w.grad = [1.0]
    optimizer.step()
    state = optimizer.state_dict()
    optimizer.step()
    other = SGD(tensors([1.0]))
    other.load_state_dict(state)
    state["state"][0]["momentum_buffer"][:] = 7
    assert other.state_dict()["state"][0]["momentum_buffer"].tolist() == [1.0]


def test_state_dict_has_plain_values_and_arrays_named_as_in_torch(double_torch):
    for optimizer_class, options in SHARED_WITH_PYTORCH:
        pair = PyTorchPair(double_torch, optimizer_class.__name__, "network", **options).take_steps(2)
        ours, theirs = (optimizer.state_dict() for optimizer in pair.optimizers)
        assert set(ours["param_groups"][0]) <= set(theirs["param_groups"][0])
        for number, entry in theirs["state"].items():
            for name in entry:
                expected = entry[name].numpy() if entry[name] is not None else ours["state"][number].get(name)
                np.testing.assert_allclose(ours["state"][number][name], expected, rtol=1e-9, atol=1e-12)
        arrays = [value for entry in ours["state"].values() for value in entry.values() if isinstance(value, np.ndarray)]
        assert all(array.base is None for array in arrays)
        json.dumps({**ours, "state": [sorted(entry) for entry in ours["state"].values()]})


def test_state_read_from_text_may_be_loaded():
    (w,) = tensors([1.0, 2.0])
    optimizer = Adam([w], betas=(0.5, 0.6))
    take_random_steps(optimizer, [w], 2)
    state = optimizer.state_dict()
    arrays = state["state"][0]
    text = json.dumps({**state, "state": {"0": {name: np.asarray(value).tolist() for name, value in arrays.items()}}})
    again = json.loads(text)
    again["state"]["0"] = {name: np.array(v) if isinstance(v, list) else v for name, v in again["state"]["0"].items()}
    (v,) = tensors(w.numpy())
    other = Adam([v])
    other.load_state_dict(again)
    assert_equal_arrays(take_random_steps(optimizer, [w], 3, seed=1), take_random_steps(other, [v], 3, seed=1))


def test_additional_entries_of_a_group_are_part_of_the_state():
    optimizer = SGD(tensors([1.0]))
    optimizer.param_groups[0]["initial_lr"] = 0.5
    other = SGD(tensors([1.0]))
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["initial_lr"] == 0.5


def test_rate_of_zero_at_the_end_of_a_schedule_may_be_loaded():
    optimizer = SGD(tensors([1.0]))
    optimizer.lr = 0
    other = SGD(tensors([1.0]))
    other.load_state_dict(optimizer.state_dict())
    assert other.lr == 0


def altered_state(change):
    """The state of an Adam of two groups, altered by a function."""
    parameters = tensors([1.0, 2.0], [3.0])
    optimizer = Adam([{"params": [p]} for p in parameters])
    take_random_steps(optimizer, parameters, 1)
    state = optimizer.state_dict()
    change(state)
    return state


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, '"state" and "param_groups"'),
        (None, '"state" and "param_groups"'),
        (altered_state(lambda s: s.update(optimizer="AdamW")), "the state of AdamW; Adam cannot load it"),
        (altered_state(lambda s: s["param_groups"].pop()), "1 parameter groups, but this Adam has 2"),
        (altered_state(lambda s: s["param_groups"][0]["params"].append(7)), "has 2 parameters, but that of this Adam has 1"),
        (altered_state(lambda s: s["param_groups"][0].pop("eps")), "lacks the option 'eps', which Adam needs"),
        (altered_state(lambda s: s["param_groups"][1].update(betas=(2, 3))), r"betas .* not \(2, 3\)"),
        (altered_state(lambda s: s["state"][0].update(exp_avg=np.zeros(3))), r"shape \(2,\), but its exp_avg .* shape \(3,\)"),
        (altered_state(lambda s: s["state"][1].pop("step")), "parameter 1 has no number of steps in the state"),
        (altered_state(lambda s: s["state"].update({5: {"step": 1}})), "entry for parameter 5, but no group"),
    ],
)
def test_state_that_does_not_fit_changes_nothing(state, message):
    parameters = tensors([1.0, 2.0], [3.0])
    optimizer = Adam([{"params": [p]} for p in parameters], lr=0.5)
    take_random_steps(optimizer, parameters, 2)
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    assert repr(optimizer.state_dict()) == repr(before)


@each_optimizer
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"])
def test_copy_continues_identically_with_its_own_parameters(optimizer_class, options, duplicate):
    parameters = tensors(*WEIGHTS)
    optimizer = optimizer_class(parameters, penalty=L2(0.1, on=[parameters[0]]), constraint=MaxNorm(3), **options)
    take_random_steps(optimizer, parameters, 3, missing=0.3)
    again, other = duplicate((parameters, optimizer))
    assert_equal_arrays(take_random_steps(optimizer, parameters, 3, seed=1), take_random_steps(other, again, 3, seed=1))
    assert other.parameters[0] is again[0]


@each_optimizer
def test_state_of_a_parameter_survives_replaced_data(optimizer_class, options):
    results = []
    for rebind in (False, True):
        parameters = tensors(*WEIGHTS)
        optimizer = optimizer_class(parameters, **options)
        take_random_steps(optimizer, parameters, 3)
        if rebind:
            parameters[1].data = parameters[1].data.copy()
        results.append(take_random_steps(optimizer, parameters, 3, seed=1))
    assert_equal_arrays(*results)
