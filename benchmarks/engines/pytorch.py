"""PyTorch, eager."""

import torch

from benchmarks.convolutions import pytorch as convolutions
from benchmarks.gpt.pytorch import gpt
from benchmarks.inputs import elementwise_input, jacobian_inputs, mlp_inputs, mnist_arrays, training_seconds
from benchmarks.measurement import serve
from benchmarks.recurrent.pytorch import lstm
from benchmarks.workloads import ADAM_RATE, GPT, LSTM, MLP, MNIST, SGD_RATE, Chain, Elementwise, Forward, Jacobian, Scalars


def mlp(workload, **options):
    x, y, layers = mlp_inputs(workload)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    model = network(layers, workload.batch_norm, workload.dropout)
    if workload.optimizer == "adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=ADAM_RATE, **options)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=SGD_RATE)
    step = training_step(model, optimizer)
    return lambda: step(x, y)


def network(layers, batch_norm=False, dropout=0.0):
    modules = []
    for i, (w, b) in enumerate(layers):
        linear = torch.nn.Linear(*w.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w.T))
            linear.bias.copy_(torch.from_numpy(b))
        modules.append(linear)
        if i < len(layers) - 1:
            if batch_norm:
                modules.append(torch.nn.BatchNorm1d(len(b)))
            modules.append(torch.nn.ReLU())
            if dropout:
                modules.append(torch.nn.Dropout(dropout))
    return torch.nn.Sequential(*modules)


def training_step(model, optimizer):
    loss = torch.nn.CrossEntropyLoss()

    def step(x, y):
        optimizer.zero_grad()
        error = loss(model(x), y)
        error.backward()
        optimizer.step()
        return error

    return step


def forward(workload):
    x, _, layers = mlp_inputs(workload)
    x, model = torch.from_numpy(x), network(layers)

    def step():
        with torch.inference_mode():
            return model(x)

    return step


def scalars(workload):
    weights = [torch.tensor(0.5, requires_grad=True) for _ in range(workload.terms)]
    inputs = [torch.tensor(0.25, requires_grad=True) for _ in range(workload.terms)]

    def step():
        total = torch.tensor(0.0, requires_grad=True)
        for w, x in zip(weights, inputs):
            total = total + w * x
        total.backward()

    return step


def chain(workload):
    shape = (workload.size,) if workload.size else ()
    start, a, b = (torch.full(shape, value, requires_grad=True) for value in (0.5, 1e-3, 1.0))
    upstream = torch.ones(shape)

    def step():
        x = start
        for _ in range(workload.length // 2):
            x = x * b + a
        if workload.backward:
            x.backward(upstream)

    return step


def elementwise(workload):
    x = torch.from_numpy(elementwise_input(workload))

    def step():
        t = x.detach().requires_grad_()
        (torch.tanh(t) * torch.exp(t) + torch.sin(t)).sum().backward()
        return t.grad

    return step


def full_jacobian(workload):
    first, second, x = map(torch.from_numpy, jacobian_inputs(workload))
    return lambda: torch.func.jacrev(lambda x: torch.tanh(second @ torch.tanh(first @ x)))(x)


def mnist(workload):
    data = list(map(torch.from_numpy, mnist_arrays()))
    torch.manual_seed(0)
    inputs, hidden, outputs = workload.sizes
    model = torch.nn.Sequential(torch.nn.Linear(inputs, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, outputs))
    step = training_step(model, torch.optim.Adam(model.parameters(), lr=ADAM_RATE))

    def accuracy(x, y):
        with torch.no_grad():
            return (model(x).argmax(dim=1) == y).float().mean()

    return lambda: training_seconds(workload, data, step, accuracy, torch.from_numpy)


WORKLOADS = {
    LSTM: lstm,
    MLP: mlp,
    GPT: gpt,
    Forward: forward,
    Scalars: scalars,
    Chain: chain,
    Elementwise: elementwise,
    Jacobian: full_jacobian,
    MNIST: mnist,
    **convolutions.WORKLOADS,
}

if __name__ == "__main__":
    serve(WORKLOADS)
