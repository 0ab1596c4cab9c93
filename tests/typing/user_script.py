"""A user's script, as both type checkers must accept it: mypy --strict and pyright."""

from typing import assert_type

import numpy as np

import autograd
import nn
from autograd import Tensor, grad, gradients, no_grad, relu, sum, tanh, where
from optim import SGD, Adam, EarlyStopping, History, MiniBatch, Optimizer, fit
from optim.data import DataLoader, moons


class Net(nn.Module):
    """A module with a forward of its own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, width, rng=0)
        self.out = nn.Linear(width, 2, rng=1)

    def forward(self, x: Tensor, scale: float = 1.0) -> Tensor:
        return self.out(relu(self.hidden(x))) * scale


class Scaled(nn.Module):
    """A module with another signature."""

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        return x if mask is None else x * mask


t = Tensor([1.0, -2.0], requires_grad=True)
assert_type(relu(t), Tensor)
assert_type(sum(t), Tensor)
assert_type(tanh(t) + 1.0, Tensor)
assert_type(where(t > 0, t, 0.0), Tensor)
assert_type(2.0 * t - 1, Tensor)
assert_type(t @ t, Tensor)
assert_type(-t, Tensor)
assert_type(t[0], Tensor)
assert_type(t.sum(axis=0, keepdims=True), Tensor)
assert_type(t.reshape(2, 1).T, Tensor)
assert_type(t.exp(), Tensor)
np.tanh(t)
np.sum(t)
assert_type(t.grad, Tensor | None)
assert_type(t.numpy(), np.ndarray)
squared = t**2
squared.sum().backward()
assert_type(gradients((t * t).sum(), [t]), list[Tensor])
with no_grad():
    t -= 0.1
slope = grad(lambda x: x * x)(3.0)

model = Net(8)
x = Tensor([[0.0, 1.0]])
assert_type(model(x), Tensor)
assert_type(model(x, scale=2.0), Tensor)
assert_type(nn.Linear(2, 3)(x), Tensor)
assert_type(nn.Sequential(nn.Linear(2, 3), nn.ReLU())(x), Tensor)
assert_type(Scaled()(x, mask=x), Tensor)
loss = nn.CrossEntropyLoss()
assert_type(loss(model(x), [1]), Tensor)
assert_type(nn.functional.softmax(x), Tensor)

optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
optimizer.zero_grad()
loss(model(x), [1]).backward()
optimizer.step()
other: Optimizer = Adam(model.parameters(), lr=0.01)

inputs, labels = moons(n=40, noise=0.1, rng=0)
history = fit(
    model,
    loss,
    (inputs, labels),
    optimizer=optimizer,
    batching=MiniBatch(10),
    epochs=2,
    early_stopping=EarlyStopping(patience=5),
    rng=0,
)
assert_type(history, History)
error = loss(model(inputs), labels)
for batch, targets in DataLoader((inputs, labels), MiniBatch(10), rng=0):
    error = loss(model(batch), targets)
picture = autograd.draw.draw(error)
autograd.gradcheck(relu, [Tensor([0.5, -1.0], requires_grad=True)])


@autograd.operation(lambda g, out: g * out)
def own_exp(x, /):  # type: ignore[no-untyped-def]
    """A user's own operation."""
    return np.exp(x)


assert_type(own_exp(t), Tensor)


@autograd.compile
def step(x: np.ndarray) -> Tensor:
    """A compiled step."""
    return (t * x).sum()
