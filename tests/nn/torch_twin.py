"""A module of PyTorch's with the weights of one of ours, and the derivatives of both up to second order."""

import copy

import numpy as np

import nn
from autograd import Tensor, gradients


class Twin:
    """One of our modules and a PyTorch module with equal weights; names of parameters are PyTorch's in both."""

    def __init__(self, torch, ours, theirs):
        self.torch, self.ours, self.theirs = torch, ours, theirs
        names = set(theirs.state_dict())
        state = {name: torch.from_numpy(array) for name, array in nn.to_pytorch(ours).items()}
        assert set(state) == names
        theirs.load_state_dict(state)
        assert nn.from_pytorch(ours, theirs.state_dict()) == ([], [])
        assert all(np.array_equal(nn.to_pytorch(ours)[name], tensor.numpy()) for name, tensor in theirs.state_dict().items())

    def compare(self, inputs, call_ours, call_theirs, rtol=1e-10, atol=1e-10, order=2):
        """Assert equal outputs, and equal gradients by inputs and parameters of Σ w out², and of a sum of these."""
        actual, expected = self.derivatives(inputs, call_ours, order), self.torch_derivatives(inputs, call_theirs, order)
        assert set(actual) == set(expected)
        for name, array in actual.items():
            np.testing.assert_allclose(array, expected[name], rtol=rtol, atol=atol, err_msg=name)
            assert array.dtype == expected[name].dtype, name

    def derivatives(self, inputs, call, order):
        inputs = [Tensor(x, requires_grad=True) for x in inputs]
        parameters = dict(self.ours.named_parameters())
        variables = [*inputs, *parameters.values()]
        out = call(self.ours, *inputs)
        first = gradients((out * out * factors(out.shape, out.dtype)).sum(), variables, create_graph=order == 2)
        results = {"out": out.numpy(), **self._named("first", parameters, first)}
        if order == 2:
            total = sum((g * factors(g.shape, g.dtype)).sum() for g in first)
            results |= self._named("second", parameters, gradients(total, variables))
        return results

    def _named(self, title, parameters, grads):
        count = len(grads) - len(parameters)
        by_name = dict(zip(parameters, (g.numpy() for g in grads[count:])))
        inputs = {f"{title} input {i}": g.numpy() for i, g in enumerate(grads[:count])}
        return inputs | {f"{title} {name}": g for name, g in self._torch_layout(by_name).items()}

    def _torch_layout(self, by_name):
        """Arrays shaped as our parameters with the axes of PyTorch's."""
        model = copy.deepcopy(self.ours)
        for name, parameter in model.named_parameters():
            parameter.data = np.array(by_name[name])
        return {name: array for name, array in nn.to_pytorch(model).items() if name in by_name}

    def torch_derivatives(self, inputs, call, order):
        torch = self.torch
        inputs = [torch.tensor(x, requires_grad=True) for x in inputs]
        parameters = dict(self.theirs.named_parameters())
        variables = [*inputs, *parameters.values()]
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):  # the others have no second derivatives
            out = call(self.theirs, *inputs)
            value = (out * out * torch.from_numpy(factors(out.shape, out.detach().numpy().dtype))).sum()
            first = torch.autograd.grad(value, variables, create_graph=order == 2)
            labels = [*(f"input {i}" for i in range(len(inputs))), *parameters]
            results = {"out": out, **{f"first {label}": g for label, g in zip(labels, first)}}
            if order == 2:
                ours = {name: factors(p.shape, p.dtype) for name, p in self.ours.named_parameters()}
                weights = [factors(x.shape, x.detach().numpy().dtype) for x in inputs]
                weights += [self._torch_layout(ours)[name] for name in parameters]
                total = sum((g * torch.from_numpy(weight)).sum() for g, weight in zip(first, weights))
                second = torch.autograd.grad(total, variables, materialize_grads=True)
                results |= {f"second {label}": g for label, g in zip(labels, second)}
        return {name: x.detach().numpy() for name, x in results.items()}


def factors(shape, dtype):
    """Fixed factors, different for every element."""
    return (1 + 0.5 * np.sin(np.arange(np.prod(shape, dtype=int)).reshape(shape))).astype(dtype)
