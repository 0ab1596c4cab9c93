"""Hooks, retained gradients, and the search for the first nan."""

import numpy as np
import pytest

from autograd import AnomalyError, GraphError, ShapeError, Tensor, detect_anomaly, gradients, no_grad
from autograd.utils.call_stack import user_line


def leaf(value):
    return Tensor(value, requires_grad=True)


def test_hook_receives_the_whole_gradient_once():
    x, received = leaf(3.0), []
    y = x * x
    y.register_hook(lambda g: received.append(g.item()))
    (y * 2 + y * 5).backward()
    assert received == [7.0]
    assert x.grad.item() == 42.0


@pytest.mark.parametrize("answer", [lambda g: g * 10, lambda g: (g * 10).numpy(), lambda g: [20.0, 40.0]])
def test_result_of_a_hook_replaces_the_gradient(answer):
    x = leaf([1.0, 2.0])
    y = x * 3
    y.register_hook(answer)
    (y * [2.0, 4.0]).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [60.0, 120.0])


def test_hooks_on_leaves_act_before_the_gradient_is_added():
    x = leaf(1.0)
    x.register_hook(lambda g: g * 10)
    for _ in range(2):
        (x * 2 + x).backward()
    assert x.grad.item() == 60.0
    assert gradients(x * 2, [x])[0].item() == 20.0


def test_hooks_run_in_order_and_come_off():
    x = leaf(1.0)
    first = x.register_hook(lambda g: g + 1)
    x.register_hook(lambda g: g * 10)
    (x * 2).backward()
    assert x.grad.item() == 30.0
    first.remove()
    first.remove()
    x.zero_grad()
    (x * 2).backward()
    assert x.grad.item() == 20.0


def test_hooks_record_with_create_graph():
    x = leaf(2.0)
    y = x * x
    y.register_hook(lambda g: g * x)
    (slope,) = gradients(y * 1.0, [x], create_graph=True)  # x · 2x
    (curvature,) = gradients(slope, [x])
    assert (slope.item(), curvature.item()) == (8.0, 8.0)


def test_a_hook_cannot_change_the_gradient_in_place():
    x, y = leaf([1.0]), leaf([1.0])
    total = x + y  # one gradient, handed on to both
    total.register_hook(lambda g: g.data.fill(9.0))
    total.sum().backward()
    assert (x.grad.item(), y.grad.item()) == (1.0, 1.0)


def test_wrong_hooks_are_explained():
    x = Tensor([1.0, 2.0], requires_grad=True, name="x")
    x.register_hook(lambda g: g.sum())
    with pytest.raises(ShapeError, match=r"hook of tensor 'x' returned shape \(\), .* shape \(2,\)"):
        (x * x).sum().backward()
    with pytest.raises(GraphError, match="no graph"):
        Tensor(1.0).register_hook(print)


def test_retained_gradients_add_up_as_those_of_leaves():
    x = leaf([1.0, 2.0])
    y = x * x
    assert y.grad is None
    y.retain_grad()
    y.retain_grad()
    for _ in range(2):
        (y * 3).sum().backward(retain_graph=True)
    np.testing.assert_array_equal(y.grad.numpy(), [6.0, 6.0])
    y.zero_grad()
    assert y.grad is None
    assert not y.grad


def test_a_retained_gradient_can_be_differentiated():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    (y * y).backward(create_graph=True)
    assert gradients(y.grad, [x])[0].item() == 8.0  # d(2x²)/dx


def log_of(x):
    return np.log(x)


def test_the_first_value_that_is_not_finite_is_found_with_its_line():
    x = leaf([4.0, 0.0])
    with detect_anomaly(), np.errstate(divide="ignore"):
        twice = x * 2
        with pytest.raises(AnomalyError) as caught:
            log_of(twice)
    first, line = str(caught.value).splitlines()
    assert first == "log: the result is -inf at index 1 of shape (2,), from shape (2,) with values from 0 to 8"
    assert line.endswith(": return np.log(x)")
    assert "test_hooks.py:" in line


def test_the_first_gradient_that_is_not_finite_is_found_with_its_line():
    x = leaf([[1.0, 0.0]])
    with detect_anomaly():
        root = np.sqrt(x * x)
        total = (root * 2).sum()
        with pytest.raises(AnomalyError) as caught:
            total.backward()
    first, line = str(caught.value).splitlines()
    assert first.startswith("sqrt: its gradient formula for x gives inf at index (0, 1) of shape (1, 2)")
    assert line.endswith(": root = np.sqrt(x * x)")
    assert x.grad is None


def test_a_gradient_that_starts_with_nan():
    x = leaf(1.0)
    with detect_anomaly(), pytest.raises(AnomalyError, match="multiply: the arriving gradient is nan"):
        (x * 2).backward(np.nan)


def test_detection_leaves_finite_work_alone_and_ends_with_its_block():
    x = leaf(3.0)
    with detect_anomaly():
        with no_grad():
            assert np.isnan((x * np.nan).item())
        (slope,) = gradients(x**3, [x], create_graph=True)
        slope.backward()
    assert (slope.item(), x.grad.item()) == (27.0, 18.0)
    assert np.isnan((x * np.nan).item())


def test_own_line_is_the_line_that_asks():
    line = user_line()
    assert (line.file, line.text) == (__file__, "line = user_line()")
    assert str(line) == f"{__file__}:{line.number}: line = user_line()"


def test_user_package_named_like_ours_is_user_code(tmp_path):
    path = tmp_path / "nn" / "layers.py"
    path.parent.mkdir()
    path.write_text("def ask(user_line):\n    return user_line()\n")
    scope = {"__name__": "nn.layers"}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    assert str(scope["ask"](user_line)) == f"{path}:2: return user_line()"


def test_gradients_do_not_share_memory_with_the_result_of_a_hook():
    x, y = leaf([1.0, 2.0]), leaf([1.0, 2.0])
    answer = Tensor([3.0, 3.0])
    for tensor in (x, y):
        tensor.register_hook(lambda g: answer)
    (x * y).sum().backward()
    x.grad.data[0] = 9.0
    assert y.grad.tolist() == answer.tolist() == [3.0, 3.0]


def test_retained_gradient_is_the_result_of_all_hooks():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: g + 1)
    (y * 3).backward()
    assert y.grad.item() == 31.0
    assert x.grad.item() == 124.0
