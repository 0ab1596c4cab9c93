"""Parts of a graph that are computed again instead of kept."""

import numpy as np
import pytest

import nn
from autograd import GraphError, Tensor, checkpoint, gradcheck, gradients, jacobian, no_grad
from autograd.core.graph import nodes


def leaf(value):
    return Tensor(value, requires_grad=True)


def body(x, y=2.0):
    return (x * y).tanh() * x.exp()


def test_gradients_are_those_of_the_function():
    x, y = leaf([0.3, -0.7]), leaf(1.5)
    expected = gradients([body(x, y)], [x, y], [[1.0, 2.0]])
    actual = gradients([checkpoint(body)(x, y)], [x, y], [[1.0, 2.0]])
    for a, b in zip(expected, actual):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_derivatives_of_every_order():
    assert gradcheck(checkpoint(body), [leaf([0.3, -0.7]), leaf(1.5)], order=3)
    w = leaf([0.2, 0.4])
    inside = checkpoint(lambda x: (x * w).sin())
    assert gradcheck(lambda x: checkpoint(lambda x: inside(x) * x)(x), [leaf([0.3, -0.7])], order=2)


def test_only_one_node_is_kept():
    x = leaf(np.ones(200))
    out = checkpoint(body)(x * 1.0)
    assert [node.operation and node.operation.name for node in nodes([out._node])] == [None, "multiply", "recompute"]


def test_parameters_of_a_model_get_their_gradients():
    model = nn.MLP([3, 5, 2], activation="tanh", rng=0)
    x = leaf(np.ones((4, 3)))
    model(x).sum().backward()
    expected = [p.grad.numpy() for p in model.parameters()]
    model.zero_grad()
    checkpoint(model)(x).sum().backward()
    for parameter, gradient in zip(model.parameters(), expected):
        np.testing.assert_array_equal(parameter.grad.numpy(), gradient)


def test_a_long_chain_computes_each_part_once_more():
    calls = []

    def part(x):
        calls.append(1)
        return x.sin()

    x = leaf(0.5)
    y = x
    for _ in range(8):
        y = checkpoint(part)(y)
    (slope,) = gradients(y, [x], create_graph=True)
    assert len(calls) == 16
    (curvature,) = gradients(slope, [x])
    plain = x
    for _ in range(8):
        plain = plain.sin()
    (expected,) = gradients(plain, [x], create_graph=True)
    assert slope.item() == pytest.approx(expected.item(), rel=1e-14)
    assert curvature.item() == pytest.approx(gradients(expected, [x])[0].item(), rel=1e-14)


def test_random_numbers_are_drawn_again():
    rng = np.random.default_rng(0)
    noisy = lambda x: x * (rng.random(x.shape) > 0.5)
    x = leaf(np.ones(50))
    out = checkpoint(noisy, rng=rng)(x)
    after = rng.bit_generator.state
    out.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), out.numpy())
    assert rng.bit_generator.state == after
    with pytest.raises(GraphError, match="did not repeat its result"):
        checkpoint(noisy)(x).sum().backward()


def test_hooks_of_parameters_receive_one_gradient():
    w, received = leaf(2.0), []
    w.register_hook(lambda g: received.append(g.item()))
    x = leaf(3.0)
    (checkpoint(lambda x: x * w)(x) + w).backward()
    assert received == [4.0]
    assert w.grad.item() == 4.0


def test_many_gradients_at_once():
    x = np.array([0.3, -0.7, 0.1])
    np.testing.assert_allclose(jacobian(checkpoint(body))(x), jacobian(body)(x), rtol=1e-14)


def test_without_gradients_it_is_the_function():
    with no_grad():
        assert not checkpoint(body)(leaf(1.0)).requires_grad
    out = checkpoint(body)(Tensor(1.0))
    assert not out.requires_grad
    assert out.item() == body(Tensor(1.0)).item()


def test_mistakes_are_explained():
    x = leaf(1.0)
    hidden = x * 2
    with pytest.raises(GraphError, match="uses a computed tensor that is not its argument"):
        checkpoint(lambda x: x * hidden)(x)
    with pytest.raises(TypeError, match="returns tuple"):
        checkpoint(lambda x: (x, x))(x)
