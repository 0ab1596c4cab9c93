import copy
import pickle

import numpy as np
import pytest

import nn


class Add(nn.Module):
    def __init__(self, term=1):
        self.term = term

    def forward(self, x, scale=1):
        return (x + self.term) * scale


class Pair(nn.Module):
    def forward(self, x, y):
        return x - y


def note(module, inputs, output):
    """A hook that can be pickled."""
    module.noted = (inputs, output)


def test_hook_is_called_after_every_call():
    seen = []
    layer = Add()
    layer.register_forward_hook(lambda module, inputs, output: seen.append((module, inputs, output)))
    assert layer(1) == 2
    assert layer(5, scale=2) == 12
    assert seen == [(layer, (1,), 2), (layer, (5,), 12)]


def test_hooks_run_in_the_order_of_their_registration():
    order = []
    layer = Add()
    for name in "abc":
        layer.register_forward_hook(lambda *_, name=name: order.append(name))
        layer.register_forward_pre_hook(lambda *_, name=name: order.append(f"before {name}"))
    layer(1)
    assert order == ["before a", "before b", "before c", "a", "b", "c"]


def test_result_of_a_hook_replaces_the_output():
    layer = Add()
    layer.register_forward_hook(lambda module, inputs, output: output * 10)
    layer.register_forward_hook(lambda module, inputs, output: None)
    layer.register_forward_hook(lambda module, inputs, output: output + 1)
    assert layer(1) == 21


@pytest.mark.parametrize("value", [0, False, ()])
def test_only_none_keeps_the_output(value):
    layer = Add()
    layer.register_forward_hook(lambda module, inputs, output: value)
    assert layer(1) is value


def test_result_of_a_pre_hook_replaces_the_inputs():
    layer, pair = Add(), Pair()
    layer.register_forward_pre_hook(lambda module, inputs: inputs[0] * 100)
    pair.register_forward_pre_hook(lambda module, inputs: inputs[::-1])
    pair.register_forward_pre_hook(lambda module, inputs: None)
    assert layer(1) == 101
    assert pair(5, 3) == -2


def test_hook_receives_the_inputs_from_a_pre_hook():
    layer = Add()
    layer.register_forward_pre_hook(lambda module, inputs: 7)
    layer.register_forward_hook(note)
    layer(1)
    assert layer.noted == ((7,), 8)


def test_removed_hook_is_not_called():
    layer, calls = Add(), []
    handles = [layer.register_forward_hook(lambda *_, i=i: calls.append(i)) for i in range(3)]
    before = layer.register_forward_pre_hook(lambda *_: calls.append("before"))
    handles[1].remove()
    layer(1)
    before.remove()
    before.remove()
    layer(1)
    handles[0].remove()
    handles[2].remove()
    layer(1)
    assert calls == ["before", 0, 2, 0, 2]


def test_hook_may_remove_itself():
    layer, calls = Add(), []
    handle = layer.register_forward_hook(lambda *_: (calls.append("once"), handle.remove())[2:])
    layer.register_forward_hook(lambda *_: calls.append("always"))
    layer(1)
    layer(1)
    assert calls == ["once", "always", "always"]


def test_hook_is_not_called_for_other_modules():
    class Other(Add):
        pass

    hooked = Add()
    hooked.register_forward_hook(note)
    for other in (Add(), Other()):
        other(1)
        assert not hasattr(other, "noted")


def test_subclass_defined_while_its_parent_has_hooks_calls_its_own_forward():
    heard = Add()
    handle = heard.register_forward_hook(note)

    class Double(Add):
        def forward(self, x):
            return 2 * x

    handle.remove()
    assert Double()(5) == 10
    Double().register_forward_hook(note)
    assert Double()(5) == 10


def test_hooks_run_in_an_overridden_call():
    class Shouting(Add):
        def __call__(self, x):
            return super().__call__(x) + 1000

    class Louder(Shouting):
        pass

    calls = []
    for layer in (Add(), Shouting(), Louder()):
        layer.register_forward_hook(lambda module, inputs, output: calls.append((type(module).__name__, output)))
    assert (Add()(1), Shouting()(1), Louder()(1)) == (2, 1002, 1002)
    assert not calls
    assert (layer(1), calls) == (1002, [("Louder", 2)])


def test_a_loss_has_hooks():
    loss = nn.MSELoss()
    loss.register_forward_hook(lambda module, inputs, output: 2 * output)
    assert loss(np.array([3.0]), np.array([1.0])).item() == 8


def test_hook_runs_when_a_container_calls():
    model = nn.Sequential(Add(1), nn.Sequential(Add(10)))
    seen = []
    for name, module in model.named_modules():
        module.register_forward_hook(lambda module, inputs, output, name=name: seen.append((name, output)))
    assert model(0) == 11
    assert seen == [("0", 1), ("1.0", 11), ("1", 11), ("", 11)]


def test_error_in_a_hook_is_the_callers():
    layer = Add()
    layer.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        layer(1)


def test_hook_must_be_callable():
    layer = Add()
    with pytest.raises(TypeError, match="a hook must be a function, not 3"):
        layer.register_forward_hook(3)
    assert layer(1) == 2


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_copy_keeps_its_hooks_when_those_of_the_original_are_removed(copied):
    layer = nn.Flatten()
    handle = layer.register_forward_hook(note)
    twin = copied(layer)
    handle.remove()
    twin([[1.0]])
    layer([[2.0]])
    assert twin.noted[0] == ([[1.0]],)
    assert not hasattr(layer, "noted")


def test_base_class_itself_can_have_hooks():
    base = nn.Module()
    handle = base.register_forward_hook(note)

    class Later(nn.Module):
        def forward(self, x):
            return -x

    with pytest.raises(NotImplementedError, match="Module needs a method forward"):
        base(1)
    assert Later()(1) == -1
    handle.remove()
    assert Later()(1) == -1


def test_error_states_the_path_if_there_are_hooks():
    model = nn.Sequential(nn.Identity(), nn.Sequential(nn.Linear(2, 3)))
    handles = [module.register_forward_hook(note) for module in model.modules()]
    with pytest.raises(ValueError, match=r"Linear '1\.0'"):
        model([[1.0, 2.0, 3.0]])
    for handle in handles:
        handle.remove()
