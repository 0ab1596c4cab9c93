"""Keywords and names of PyTorch, Keras and scikit-learn are answered with those of nn."""

import copy
import inspect
import pickle
import re

import pytest

import nn


@pytest.mark.parametrize(
    ("construct", "ours"),
    [
        (lambda: nn.Linear(2, units=3), "out_features, or hidden_size of a recurrent layer,"),
        (lambda: nn.LSTM(2, 3, unit_forget_bias=True), "forget_bias=1.0"),
        (lambda: nn.Linear(2, 3, use_bias=False), "bias"),
        (lambda: nn.Linear(2, 3, kernel_initializer="he_normal"), "init"),
        (lambda: nn.Linear(2, 3, device="cuda"), "nothing: everything runs on the CPU"),
        (lambda: nn.Dropout(rate=0.5), "p"),
        (lambda: nn.Softmax(dim=1), "axis"),
        (lambda: nn.Flatten(start_dim=2), "start_axis"),
        (lambda: nn.BatchNorm1d(3, epsilon=1e-3), "eps"),
        (lambda: nn.MLP([2, 1], seed=0), "rng"),
        (lambda: nn.MSELoss(size_average=True), 'reduction="mean" or "sum"'),
    ],
)
def test_foreign_keyword_of_a_constructor(construct, ours):
    with pytest.raises(TypeError, match=rf"unexpected keyword argument '\w+'; write {ours} here$"):
        construct()


@pytest.mark.parametrize(
    ("name", "ours"), [("Dense", "Linear"), ("SimpleRNN", "RNN"), ("MeanSquaredError", "MSELoss"), ("manual_seed", r"nn\.seed")]
)
def test_foreign_name_of_the_package(name, ours):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'; write {ours} here$"):
        getattr(nn, name)


@pytest.mark.parametrize(
    ("name", "ours"),
    [("dropout2d", "dropout(…, channel_axes=2)"), ("upsample", "interpolate"), ("one_hot", "optim.data.one_hot")],
)
def test_foreign_name_of_the_functions(name, ours):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'; write {re.escape(ours)} here$"):
        getattr(nn.functional, name)


def keras_name(name):
    """Keras's name of a layer of nn: MaxPool2d → MaxPooling2D."""
    for ours, theirs in (("AvgPool", "AveragePooling"), ("MaxPool", "MaxPooling"), ("ZeroPad", "ZeroPadding")):
        name = name.replace(ours, theirs)
    name = re.sub("^Conv(Transpose)?([123]d)$", r"Conv\2\1", name)
    return re.sub("([123])d", r"\1D", name)


@pytest.mark.parametrize("name", [name for name in nn.__all__ if re.fullmatch("(.*Pool|Conv.*|ZeroPad)[123]d", name)])
def test_keras_names_of_convolutions_and_pooling_are_answered(name):
    with pytest.raises(AttributeError, match=f"no attribute '{keras_name(name)}'; write {name} here$"):
        getattr(nn, keras_name(name))


@pytest.mark.parametrize("construct", [lambda: nn.Conv2d(3, 4, 5, strides=2), lambda: nn.MaxPool2d(2, colour=1)])
def test_the_error_names_the_class_that_was_called(construct):
    with pytest.raises(TypeError, match=r"^(Conv2d|MaxPool2d)\.__init__\(\)"):
        construct()


def test_other_keywords_have_the_message_of_python():
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'colour'$"):
        nn.Linear(2, 3, colour=1)


def test_constructor_of_a_users_subclass_suggests_names_too():
    class Net(nn.Module):
        def __init__(self, rng=None):
            self.layer = nn.Linear(2, 3, rng=rng)

    with pytest.raises(TypeError, match=r"'seed'; write rng here$"):
        Net(seed=1)
    assert str(inspect.signature(Net)) == "(rng=None)"
    assert Net(rng=1).layer.weight.shape == (2, 3)


def test_signatures_and_copies_of_modules_are_unchanged():
    assert list(inspect.signature(nn.Linear).parameters) == ["in_features", "out_features", "bias", "init", "rng"]
    assert nn.Linear.__init__.__qualname__ == "Linear.__init__"
    for copied in (copy.deepcopy(nn.Linear(2, 3)), pickle.loads(pickle.dumps(nn.Linear(2, 3)))):
        assert copied.weight.shape == (2, 3)
    assert "__init__" not in vars(nn.ReLU)


def test_a_type_error_inside_a_constructor_is_passed_on():
    class Broken(nn.Module):
        def __init__(self, dim=1):
            nn.Linear(2, 3, dim=dim)

    with pytest.raises(TypeError, match=r"Linear\.__init__\(\) got an unexpected keyword argument 'dim'; write axis here$"):
        Broken(dim=2)
