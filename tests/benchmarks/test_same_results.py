"""Every engine computes the same as NumPy by hand, so that their times are comparable."""

import dataclasses
import importlib
import json
import os

import numpy as np
import pytest

from benchmarks.engines import ENGINES, chainrule, numpy_by_hand, row_by_row
from benchmarks.subprocesses import IMPORT_HIPS_FIRST, ROOT, run
from benchmarks.suite import CASES
from benchmarks.workloads import GPT, Chain, Demo, Elementwise, Forward, Jacobian, Scalars

NEED_TORCH = ("pytorch", "pytorch_fused")
PEERS = [
    pytest.param(name, marks=pytest.mark.torch) if name in NEED_TORCH else name
    for name in ("chainrule", "chainrule_compiled", "pytorch", "jax_jit", "mygrad")
]
STEPS = [f"{name}{optimizer}" for name in ("mlp1", "mlp2", "mlp3") for optimizer in ("", "_adam")]
LOSSES = IMPORT_HIPS_FIRST + (
    "import json; from benchmarks.engines.hips import mlp; from benchmarks.suite import CASES; "
    "step = mlp(CASES[sys.argv[1]].workload); print(json.dumps([float(step()) for _ in range(3)]))"
)


def engine(name):
    if ENGINES[name].package:
        pytest.importorskip(ENGINES[name].imports.split(".")[0])
    return importlib.import_module(f"benchmarks.engines.{name}")


def losses(step, steps=3):
    return [step().item() for _ in range(steps)]


def approximately(values, case):
    """Adam divides by roots of small numbers, which amplifies the rounding of float32."""
    return pytest.approx(values, rel=1e-4 if case.endswith("_adam") else 1e-5)


@pytest.mark.parametrize("case", STEPS)
@pytest.mark.parametrize("name", PEERS)
def test_training_steps(name, case):
    workload = CASES[case].workload
    assert losses(engine(name).mlp(workload)) == approximately(losses(numpy_by_hand.mlp(workload)), case)


@pytest.mark.parametrize("name", [name for name in PEERS if name != "mygrad"])
def test_training_steps_of_a_gpt(name):
    workload = GPT(layers=2, width=8, heads=2, context=5, batch=3, vocabulary=7)
    expected = losses(numpy_by_hand.gpt(workload), steps=100)
    assert expected[-1] < 0.99 * expected[0]  # wrong gradients would show
    assert losses(engine(name).gpt(workload), steps=100) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("case", ["lenet", "convolutions", "convolution"])
@pytest.mark.parametrize("name", ["chainrule", "chainrule_compiled", "pytorch", "jax_jit"])
def test_training_steps_of_convolutions(name, case):
    workload = CASES[case].workload
    small = dataclasses.replace(workload, batch=20 if case != "convolution" else 2)
    step, expected = (engine(e).WORKLOADS[type(workload)](small) for e in (name, "numpy_by_hand"))
    assert losses(step) == pytest.approx(losses(expected), rel=1e-4)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_outputs_of_a_network_from_an_onnx_file():
    pytest.importorskip("onnx")
    workload = CASES["onnx_resnet50"].workload
    outputs = [engine(name).WORKLOADS[type(workload)](workload)() for name in ("chainrule", "onnx_runtime")]
    np.testing.assert_allclose(np.asarray(outputs[0].data), outputs[1], rtol=1e-3)


@pytest.mark.torch
def test_fused_adam():
    workload = CASES["mlp2_adam"].workload
    assert losses(engine("pytorch_fused").mlp(workload)) == approximately(losses(numpy_by_hand.mlp(workload)), "mlp2_adam")


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")  # too few steps to converge
@pytest.mark.parametrize("case", ["mlp2", "mlp2_adam", "mlp3", "mlp3_adam"])  # with two classes its network has one output
def test_training_steps_of_scikit_learn(case):
    workload = CASES[case].workload
    run_all, steps = engine("scikit_learn").mlp(workload, steps=3)
    assert steps == 3
    assert run_all() == pytest.approx(losses(numpy_by_hand.mlp(workload))[-1], rel=1e-4)


@pytest.mark.skipif(not os.environ.get("CHAINRULE_HIPS"), reason="CHAINRULE_HIPS is not set to a Python with HIPS autograd")
@pytest.mark.parametrize("case", STEPS)
def test_training_steps_of_hips_autograd(case):
    output = run(os.environ["CHAINRULE_HIPS"], "-I", "-c", LOSSES, str(ROOT), case)
    assert json.loads(output) == approximately(losses(numpy_by_hand.mlp(CASES[case].workload)), case)


@pytest.mark.parametrize("name", [name for name in PEERS if name not in ("chainrule", "mygrad")])
def test_training_steps_with_batch_norm(name):
    workload = dataclasses.replace(CASES["regularized"].workload, dropout=0.0)
    assert losses(engine(name).mlp(workload)) == pytest.approx(losses(chainrule.mlp(workload)), rel=1e-5)


@pytest.mark.parametrize("name", [name for name in PEERS if name not in ("chainrule_compiled", "mygrad")])
def test_outputs(name):
    workload = Forward((5, 4, 4, 3), 2)
    outputs = np.array(engine(name).forward(workload)().tolist())
    assert outputs == pytest.approx(numpy_by_hand.forward(workload)(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", [pytest.param("pytorch", marks=pytest.mark.torch), "chainrule"])
def test_jacobians(name):
    workload = Jacobian(6)
    jacobian = np.array(engine(name).full_jacobian(workload)().tolist())
    assert jacobian == pytest.approx(row_by_row.jacobian_by_rows(workload)(), rel=1e-10)


@pytest.mark.torch
def test_gradients_of_elementwise_functions():
    workload = Elementwise(50)
    expected = engine("pytorch").elementwise(workload)().numpy()
    assert chainrule.elementwise(workload)() == pytest.approx(expected, rel=1e-12)


def test_micrograd_demo():
    workload = Demo(points=10)
    micrograd_step = engine("micrograd").micrograd_demo(workload)
    expected = [micrograd_step().data for _ in range(3)]
    assert losses(chainrule.micrograd_demo(workload)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", [pytest.param("pytorch", marks=pytest.mark.torch), "chainrule", "mygrad"])
@pytest.mark.parametrize("workload", [Chain(4, 3), Chain(4, 3, backward=False), Scalars(3)])
def test_a_graph_can_be_recorded_repeatedly(name, workload):
    step = engine(name).WORKLOADS[type(workload)](workload)
    for _ in range(2):
        step()
