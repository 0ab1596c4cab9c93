"""Operations in PyTorch's form."""

import gc
import weakref

import numpy as np
import pytest

import autograd
from autograd import Function, GraphError, InPlaceError, ShapeError, Tensor, UnsupportedError, gradcheck, gradients, no_grad


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class Exponential(Function):
    """Saves its result."""

    @staticmethod
    def forward(ctx, x):
        out = x.exp()
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class ScaledSum(Function):
    """Has an argument that is no tensor, one without gradient, and the newer form of PyTorch."""

    @staticmethod
    def forward(x, y, factor):
        return np.asarray(x.numpy() + y.numpy()) * factor

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.factor = inputs[2]

    @staticmethod
    def backward(ctx, g):
        return g * ctx.factor, g * ctx.factor if ctx.needs_input_grad[1] else None, None


def leaf(value):
    return Tensor(value, requires_grad=True)


@pytest.mark.parametrize("function", [Cube.apply, Exponential.apply])
@pytest.mark.parametrize("value", [0.7, [0.5, -1.0], [[0.5], [2.0]], np.zeros((0, 2))])
def test_derivatives_of_every_order(function, value):
    assert gradcheck(function, [leaf(value)], order=3)


def test_several_inputs_and_broadcasting():
    x, y = leaf([1.0, 2.0]), leaf(3.0)
    out = ScaledSum.apply(x, y, 10)
    assert out.tolist() == [40.0, 50.0]
    out.sum().backward()
    assert (x.grad.tolist(), y.grad.item()) == ([10.0, 10.0], 20.0)
    constant = Tensor(3.0)
    ScaledSum.apply(x, constant, 10).sum().backward()
    assert constant.grad is None


def test_constants_and_no_grad_record_nothing():
    assert not Cube.apply(Tensor(2.0)).requires_grad
    with no_grad():
        assert not Cube.apply(leaf(2.0)).requires_grad


def test_forward_may_hand_its_argument_through():
    class Same(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return -g  # as gradient reversal does

    x = leaf([1.0, 2.0])
    y = x * 2
    Same.apply(y).sum().backward()
    assert x.grad.tolist() == [-2.0, -2.0]


def test_saved_values_are_freed_by_backward_and_with_the_graph():
    class Keeper(Cube):
        pass

    x = leaf(np.ones(1000))
    y = Keeper.apply(x * 2)
    call = weakref.ref(next(iter(y._node.options.values())))
    y.sum().backward()
    assert call() is None
    with pytest.raises(GraphError, match="Keeper: an earlier backward"):
        y.sum().backward()

    gc.disable()
    try:
        y = Exponential.apply(x)
        node = weakref.ref(y._node)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_single_precision_stays():
    x = leaf(np.array([1.0, 2.0], np.float32))
    y = Cube.apply(x)
    y.sum().backward()
    assert (y.dtype, x.grad.dtype) == (np.float32, np.float32)


def test_it_draws_with_its_local_derivative():
    y = Cube.apply(Tensor(2.0, requires_grad=True, name="x"))
    y.backward()
    text = str(autograd.draw(y))
    assert "    ∂v1/∂v1 × ∂v1/∂x = 1 × 12 = 12  → x\n" in text
    assert "through v1 = Cube(x), formula: Cube.backward, autograd/core/test_function.py:" in text


def test_a_saved_value_changed_in_place_is_noticed():
    x = leaf([1.0, 2.0])
    y = x * 2
    out = Cube.apply(y)
    with no_grad():
        y += 1
    with pytest.raises(InPlaceError, match="saved tensor"):
        out.sum().backward()


def test_new_data_of_a_parameter_does_not_change_saved_values():
    x = leaf(2.0)
    out = Cube.apply(x)
    x.data = np.float64(5.0)
    assert gradients(out, [x])[0].item() == 12.0


def test_mistakes_are_explained():
    class TooFew(Cube):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(ShapeError, match="TooFew: backward returns 1 gradients for the 2 inputs"):
        TooFew.apply(leaf(1.0), leaf(2.0)).backward()

    class Pair(Cube):
        @staticmethod
        def forward(ctx, x):
            return x, x

    with pytest.raises(UnsupportedError, match="Pair: a Function returns one tensor"):
        Pair.apply(leaf(1.0))

    class Misshapen(Cube):
        @staticmethod
        def backward(ctx, g):
            return g[:1]

    with pytest.raises(ShapeError, match="Misshapen"):
        Misshapen.apply(leaf([1.0, 2.0])).sum().backward()


def test_a_wrong_backward_is_caught():
    class Wrong(Cube):
        @staticmethod
        def backward(ctx, g):
            return -g * 3 * ctx.saved_tensors[0] ** 2

    with pytest.raises(autograd.GradientError, match="sign"):
        gradcheck(Wrong.apply, [leaf([0.5, 2.0])])


def test_backward_may_give_numbers_and_arrays():
    class Twice(Function):
        @staticmethod
        def forward(ctx, x, kind=float):
            ctx.kind = kind
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return ctx.kind(2.0), None

    for kind in (float, np.float64, np.asarray):
        x = Tensor(3.0, requires_grad=True)
        Twice.apply(x, kind).backward()
        assert x.grad.item() == 2.0
        (slope,) = gradients(Twice.apply(x, kind), [x], create_graph=True)
        assert isinstance(slope, Tensor)
        assert slope.item() == 2.0
    Twice.apply(x).backward()  # a gradient for an option that was left out may be None
    assert x.grad.item() == 4.0


def test_results_that_are_no_floats_have_no_graph():
    class Positive(Function):
        @staticmethod
        def forward(ctx, x):
            return x > 0

        @staticmethod
        def backward(ctx, g):
            raise AssertionError

    assert not Positive.apply(Tensor([1.0, -1.0], requires_grad=True)).requires_grad
