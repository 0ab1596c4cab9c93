"""Every engine does the same work as NumPy by hand, so that their times can be compared."""

import dataclasses
import importlib
import json
import os

import numpy as np
import pytest

from benchmarks.engines import ENGINES, chainrule, numpy_by_hand, row_by_row
from benchmarks.subprocesses import BEFORE_OURS, ROOT, run
from benchmarks.suite import ROWS
from benchmarks.workloads import Chain, Demo, Forward, Jacobian, Scalars

NEED_TORCH = ("pytorch", "pytorch_fused")
PEERS = [
    pytest.param(name, marks=pytest.mark.torch) if name in NEED_TORCH else name
    for name in ("chainrule", "chainrule_compiled", "pytorch", "jax_jit", "mygrad")
]
STEPS = [f"{name}{optimizer}" for name in ("mlp1", "mlp2", "mlp3") for optimizer in ("", "_adam")]
LOSSES = BEFORE_OURS + (
    "import json; from benchmarks.engines.hips import mlp; from benchmarks.suite import ROWS; "
    "step = mlp(ROWS[sys.argv[1]].work); print(json.dumps([float(step()) for _ in range(3)]))"
)


def engine(name):
    if ENGINES[name].package:
        pytest.importorskip(ENGINES[name].imports.split(".")[0])
    return importlib.import_module(f"benchmarks.engines.{name}")


def losses(step, steps=3):
    return [step().item() for _ in range(steps)]


def near(values, row):
    """Adam divides by the roots of small numbers, in which float32 shows."""
    return pytest.approx(values, rel=1e-4 if row.endswith("_adam") else 1e-5)


@pytest.mark.parametrize("row", STEPS)
@pytest.mark.parametrize("name", PEERS)
def test_training_steps(name, row):
    work = ROWS[row].work
    assert losses(engine(name).mlp(work)) == near(losses(numpy_by_hand.mlp(work)), row)


@pytest.mark.torch
def test_the_fused_adam():
    work = ROWS["mlp2_adam"].work
    assert losses(engine("pytorch_fused").mlp(work)) == near(losses(numpy_by_hand.mlp(work)), "mlp2_adam")


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")  # that so few steps do not converge
@pytest.mark.parametrize("row", ["mlp2", "mlp2_adam", "mlp3", "mlp3_adam"])  # with two classes its network is another
def test_training_steps_of_scikit_learn(row):
    work = ROWS[row].work
    run_all, steps = engine("scikit_learn").mlp(work, steps=3)
    assert steps == 3
    assert run_all() == pytest.approx(losses(numpy_by_hand.mlp(work))[-1], rel=1e-4)


@pytest.mark.skipif(not os.environ.get("CHAINRULE_HIPS"), reason="CHAINRULE_HIPS is no Python with HIPS autograd")
@pytest.mark.parametrize("row", STEPS)
def test_training_steps_of_hips_autograd(row):
    found = run(os.environ["CHAINRULE_HIPS"], "-I", "-c", LOSSES, str(ROOT), row)
    assert json.loads(found) == near(losses(numpy_by_hand.mlp(ROWS[row].work)), row)


@pytest.mark.parametrize("name", [name for name in PEERS if name not in ("chainrule", "mygrad")])
def test_training_steps_with_batch_norm(name):
    work = dataclasses.replace(ROWS["regularized"].work, dropout=0.0)
    assert losses(engine(name).mlp(work)) == pytest.approx(losses(chainrule.mlp(work)), rel=1e-5)


@pytest.mark.parametrize("name", [name for name in PEERS if name not in ("chainrule_compiled", "mygrad")])
def test_outputs(name):
    work = Forward((5, 4, 4, 3), 2)
    found = np.array(engine(name).forward(work)().tolist())
    assert found == pytest.approx(numpy_by_hand.forward(work)(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", [pytest.param("pytorch", marks=pytest.mark.torch), "chainrule"])
def test_jacobians(name):
    work = Jacobian(6)
    found = np.array(engine(name).whole_jacobian(work)().tolist())
    assert found == pytest.approx(row_by_row.loop(work)(), rel=1e-10)


def test_micrograd_s_demo():
    work = Demo(points=10)
    theirs = engine("micrograd").its_demo(work)
    expected = [theirs().data for _ in range(3)]
    assert losses(chainrule.micrograd_demo(work)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", [pytest.param("pytorch", marks=pytest.mark.torch), "chainrule", "mygrad"])
@pytest.mark.parametrize("work", [Chain(4, 3), Chain(4, 3, backward=False), Scalars(3)])
def test_graphs_can_be_made_again_and_again(name, work):
    step = engine(name).WORKS[type(work)](work)
    for _ in range(2):
        step()
