"""Graphs of layers and models, written to files, run again without the code that made them."""

import subprocess
import sys

import numpy as np
import pytest

import nn
from autograd import TraceError, load_graph, save_graph
from tests.nn.interchange.model_cases import CLASSES, case, outputs


@pytest.mark.parametrize("name", [name for name in CLASSES if case(name)[1]])
def test_every_layer(name, tmp_path):
    module, inputs = case(name)
    module.eval()
    save_graph(module, tmp_path / "graph.json", *inputs)
    graph = load_graph(tmp_path / "graph.json")
    for x, y in zip(outputs(graph(*inputs)), outputs(module(*inputs)), strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_array_equal(x, y)


def test_parameters_are_trained_further(tmp_path):
    model = nn.MLP([3, 4, 1], rng=0)
    x = np.random.default_rng(0).normal(size=(5, 3))
    save_graph(model, tmp_path / "graph.json", x)
    graph = load_graph(tmp_path / "graph.json")
    assert list(graph.parameters) == [name for name, _ in model.named_parameters()]
    graph(x).sum().backward()
    model(x).sum().backward()
    for name, parameter in model.named_parameters():
        np.testing.assert_array_equal(graph.parameters[name].grad.numpy(), parameter.grad.numpy())
    assert graph(np.ones((7, 3))).shape == (7, 1)


def test_training_mode_is_refused_where_it_draws_or_counts(tmp_path):
    for layer in (nn.Dropout(0.5), nn.BatchNorm1d(3)):
        with pytest.raises(TraceError, match=r"a model is saved in evaluation mode: call model.eval\(\)"):
            save_graph(nn.Sequential(nn.Linear(3, 3), layer), tmp_path / "graph.json", np.ones((2, 3)))
    assert not (tmp_path / "graph.json").exists()


def test_a_process_without_nn_is_told_to_import_it(tmp_path):
    path = tmp_path / "graph.json"
    save_graph(nn.Linear(3, 1), path, np.ones((2, 3)))
    program = f"import autograd\ntry: autograd.load_graph({str(path)!r})\nexcept autograd.UnsupportedError as e: print(e)\n"
    program += f"import nn; print(autograd.load_graph({str(path)!r})([[1.0, 2.0, 3.0]]).shape)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "unknown operations: nn.functional.linear.linear. Import nn before load_graph" in done.stdout
    assert done.stdout.endswith("(1, 1)\n")
