"""The cases: workloads, their engines, and the targets of their results."""

from benchmarks.case import Case, Target
from benchmarks.convolutions import cases as convolutions
from benchmarks.growth import CASES as GROWTH
from benchmarks.programs import PROGRAMS
from benchmarks.workloads import (
    GPT,
    LSTM,
    MLP,
    MNIST,
    Chain,
    Demo,
    Digits,
    Forward,
    Import,
    Jacobian,
    OnnxNetwork,
    Program,
    Scalars,
    Size,
)

MLPS = {
    "mlp1": ("2-16-2, batch 100, depth 2", MLP((2, 16, 16, 2), 100)),
    "mlp2": ("64-100-10, batch 32, depth 1", MLP((64, 100, 10), 32)),
    "mlp3": ("784-256-10, batch 128, depth 2", MLP((784, 256, 256, 10), 128)),
    "mlp4": ("784-1024-10, batch 512, depth 2", MLP((784, 1024, 1024, 10), 512)),
}
NUMPY_LIMITS = {"mlp1": 1.6, "mlp2": 1.6, "mlp3": 1.15, "mlp4": 1.15}  # as a multiple of NumPy by hand
LIMITS = {"mlp1": "overhead", "mlp2": "overhead", "mlp3": "BLAS", "mlp4": "BLAS"}
ADAM_LIMITS = LIMITS | {"mlp3": "memory"}  # the update reads and writes seven arrays as large as the weights
LARGEST = "mlp4"  # nearly all its time is matrix products, for which XLA has its own kernels
CHAINRULE_ENGINES = ("chainrule", "chainrule_compiled", "chainrule_reusing")
STEP_ENGINES = ("chainrule", "chainrule_compiled")
SGD_ENGINES = ("numpy_by_hand", *STEP_ENGINES, "pytorch", "jax_jit", "mygrad", "hips", "scikit_learn")
ADAM_ENGINES = ("numpy_by_hand", *STEP_ENGINES, "pytorch", "pytorch_fused", "jax_jit", "mygrad", "hips", "scikit_learn")
IMPORTABLE = ("numpy_by_hand", "chainrule", "pytorch", "jax_jit", "mygrad", "hips", "scikit_learn", "micrograd")


def sgd_targets(name: str) -> tuple[Target, ...]:
    targets = (
        Target(NUMPY_LIMITS[name], "numpy_by_hand"),
        Target(0.5, "pytorch"),
        Target(1.15 if name == LARGEST else 1.0, "jax_jit"),
        Target(1.1, "numpy_by_hand", "chainrule_compiled"),
    )
    return targets if name == LARGEST else (*targets, Target(0.9, "jax_jit", "chainrule_compiled"))


def adam_targets(name: str) -> tuple[Target, ...]:
    targets = (Target(0.75, "pytorch_fused"),)
    return targets if name == LARGEST else (*targets, Target(1.1, "jax_jit"))


STEPS = "Training steps with SGD: MLPs, ReLU, softmax cross-entropy, float32"
ADAM = "The same with Adam"
RECURRENT = "SGD steps of an LSTM layer, forward and backward, float32"
DEEPER = "Training steps and outputs of an MLP 784-256-256-10"
SEQUENCES = "Training steps of models of sequences, SGD, float32"
IMPORTED = "Networks from ONNX files, float32"
GRAPHS = "Graphs of scalars and small arrays"
PROGRAM_STEPS = "Programs in the style of HIPS autograd's examples, the same source for both engines"
TRAININGS = "Whole trainings"
MEMORY = "Memory: MLP 784-1024-1024-10 with BatchNorm, batch 4096; 64-100-10, batch 32"
PACKAGES = "Packages"
SIZES = (784, 256, 256, 10)
LARGE = MLP((784, 1024, 1024, 10), 4096, batch_norm=True)
SMALL = MLP((64, 100, 10), 32)

CASES = {
    name: Case(STEPS, f"SGD, {title}", workload, SGD_ENGINES, sgd_targets(name), limit=LIMITS[name])
    for name, (title, workload) in MLPS.items()
}
for name, (title, workload) in MLPS.items():
    CASES[f"{name}_adam"] = Case(
        ADAM,
        f"Adam, {title}",
        MLP(workload.sizes, workload.batch, "adam"),
        ADAM_ENGINES,
        adam_targets(name),
        limit=ADAM_LIMITS[name],
    )
LSTMS = {
    "lstm32": ("64→128, 32 steps, batch 32", LSTM(64, 128, 32, 32), 1.4),
    "lstm1": ("16→32, 20 steps, batch 1", LSTM(16, 32, 20, 1), 0.6),
}
for name, (title, workload, pytorch_limit) in LSTMS.items():
    CASES[name] = Case(
        RECURRENT,
        f"LSTM {title}",
        workload,
        ("numpy_by_hand", *STEP_ENGINES, "pytorch", "jax_jit"),
        (
            Target(1.1, "numpy_by_hand", "chainrule_compiled"),
            Target(pytorch_limit, "pytorch", "chainrule_compiled"),
        ),
        limit="BLAS" if name == "lstm32" else "overhead",
    )
CASES |= {
    "regularized": Case(
        DEEPER,
        "SGD step with BatchNorm and dropout 0.2, batch 128",
        MLP(SIZES, 128, batch_norm=True, dropout=0.2),
        (*STEP_ENGINES, "pytorch", "jax_jit"),
        (Target(0.6, "pytorch"),),
        limit="memory",
    ),
    "gpt": Case(
        SEQUENCES,
        "GPT of 2 layers, width 64, 4 heads, context 64, batch 16",
        GPT(2, 64, 4, 64, 16),
        ("numpy_by_hand", *STEP_ENGINES, "pytorch", "jax_jit"),
        (Target(1.1, "numpy_by_hand", "chainrule_compiled"), Target(0.9, "pytorch", "chainrule_compiled")),
        limit="BLAS",
    ),
    "forward1": Case(
        DEEPER,
        "outputs without recording, batch 1",
        Forward(SIZES, 1),
        ("numpy_by_hand", "chainrule", "pytorch", "jax_jit"),
        (Target(0.5, "pytorch"),),
    ),
    "forward1024": Case(
        DEEPER,
        "outputs without recording, batch 1024",
        Forward(SIZES, 1024),
        ("numpy_by_hand", "chainrule", "pytorch", "jax_jit"),
        limit="BLAS",
    ),
    "onnx_resnet50": Case(
        IMPORTED,
        "outputs of light_resnet50, 224×224, batch 1",
        OnnxNetwork("light_resnet50"),
        ("chainrule", "onnx_runtime"),
        unit="ms",
        limit="BLAS",
    ),
    "scalar": Case(
        GRAPHS,
        "scalar node of acc += w·x",
        Scalars(300),
        ("micrograd", "chainrule", "pytorch", "mygrad"),
        (Target(0.65, "micrograd"), Target(0.5, "micrograd")),  # a limit that holds, and a goal
    ),
    "demo": Case(GRAPHS, "step of micrograd's demo", Demo(), ("micrograd", "chainrule"), (Target(0.5, "micrograd"),), "ms"),
    "operation": Case(
        GRAPHS,
        "operation on 8 floats, recorded",
        Chain(1000, 8, backward=False),
        ("numpy_by_hand", "chainrule", "pytorch", "mygrad"),  # HIPS keeps no graph outside of grad
    ),
    "operation_backward": Case(
        GRAPHS,
        "operation on 8 floats, recorded, and backward",
        Chain(1000, 8),
        ("chainrule", "pytorch", "mygrad", "hips"),
    ),
    "graph4": Case(GRAPHS, "operation in a graph of 10⁴, with backward and freeing", Chain(10_000), ("chainrule", "pytorch")),
    "graph5": Case(
        GRAPHS,
        "operation in a graph of 10⁵",
        Chain(100_000),
        ("chainrule", "pytorch"),
        (Target(1.3, "chainrule", case="graph4"),),
    ),
    "graph6": Case(
        GRAPHS,
        "operation in a graph of 10⁶",
        Chain(1_000_000),
        ("chainrule", "pytorch"),
        (Target(1.3, "chainrule", case="graph4"),),
    ),
    "graph6_uncollected": Case(
        GRAPHS, "the same without Python's garbage collector", Chain(1_000_000, collector=False), ("chainrule", "pytorch")
    ),
    "jacobian": Case(
        GRAPHS,
        "Jacobian of 500 outputs by 500 inputs",
        Jacobian(500),
        ("row_by_row", "chainrule", "pytorch"),
        (Target(0.2, "row_by_row"),),
        "ms",
    ),
    "digits": Case(
        TRAININGS,
        "epoch of the digits by the engine's training function, 64-100-10, Adam",
        Digits(),
        ("scikit_learn", *STEP_ENGINES),
        (Target(0.6, "scikit_learn"),),
        "s",
        "result",
    ),
    "mnist_epoch": Case(
        TRAININGS,
        "epoch of MNIST, 784-512-10, Adam, batch 128",
        MNIST(),
        (*STEP_ENGINES, "pytorch"),
        unit="s",
        measure="result",
        variable="CHAINRULE_MNIST",
    ),
    "mnist_98": Case(
        TRAININGS,
        "MNIST, 784-512-10, Adam, batch 128, until the test accuracy is 98 %",
        MNIST(goal=0.98, epochs=20),
        (*STEP_ENGINES, "pytorch"),
        (Target(0.8, "pytorch"),),
        "s",
        "result",
        variable="CHAINRULE_MNIST",
    ),
    "peak": Case(
        MEMORY,
        "peak growth of memory during five steps",
        LARGE,
        (*STEP_ENGINES, "pytorch"),
        (Target(1.0, "pytorch"),),
        "MB",
        "peak",
        limit="memory",
    ),
    "retained": Case(
        MEMORY, "growth of memory after five steps", LARGE, (*STEP_ENGINES, "pytorch"), unit="MB", measure="retained"
    ),
    "resident3": Case(
        MEMORY,
        "memory of the process after 1 000 small steps",
        SMALL,
        (*STEP_ENGINES, "pytorch"),
        unit="MB",
        measure="after 1000",
    ),
    "resident4": Case(
        MEMORY,
        "memory of the process after 10 000 small steps",
        SMALL,
        (*STEP_ENGINES, "pytorch"),
        tuple(Target(1.01, engine, engine, "resident3") for engine in STEP_ENGINES),
        "MB",
        "after 10000",
    ),
    "import": Case(PACKAGES, "import in a fresh process", Import(), IMPORTABLE, (Target(1.6, "numpy_by_hand"),), "ms"),
    "size": Case(
        PACKAGES,
        "disk size with all requirements",
        Size(),
        tuple(engine for engine in IMPORTABLE if engine != "hips"),
        (Target(90),),
        "MB",
        rounds=1,
    ),
}
CASES |= convolutions.CASES | GROWTH
CASES |= {
    f"program_{name}": Case(PROGRAM_STEPS, title, Program(name), ("chainrule", "hips"), (Target(0.7, "hips"),), "ms")
    for name, title in PROGRAMS.items()
}
