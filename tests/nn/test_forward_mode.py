"""Forward mode through every layer is the adjoint of reverse mode."""

import numpy as np
import pytest

from autograd import Tensor, gradients
from autograd.core.trees import leaves
from autograd.transforms.forward_mode import forward_pass
from tests.nn.interchange.model_cases import CLASSES, case


@pytest.mark.parametrize("name", [name for name in CLASSES if case(name)[1] and name != "Perceptron"])  # a step has no gradient
def test_tangents_of_inputs_and_parameters(name):
    module, arrays = case(name)
    rng = np.random.default_rng(0)
    inputs = [Tensor(x, requires_grad=True) if x.dtype.kind == "f" else x for x in arrays]
    outputs = [x for x in leaves(module(*inputs)) if isinstance(x, Tensor) and x.requires_grad]
    variables = [x for x in (*inputs, *module.parameters()) if isinstance(x, Tensor)]
    tangents = {x._node: rng.normal(size=x.shape).astype(x.dtype)[()] for x in variables}
    starts = [rng.normal(size=x.shape)[()] for x in outputs]
    changes = forward_pass(tangents, [x._node for x in outputs])
    grads = gradients(outputs, variables, starts)
    forward = sum(np.sum(changes[x._node] * g) for x, g in zip(outputs, starts))
    reverse = sum(np.sum(g.data * tangents[x._node]) for x, g in zip(variables, grads))
    assert forward == pytest.approx(reverse, rel=1e-8, abs=1e-8)
