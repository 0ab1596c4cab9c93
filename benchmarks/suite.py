"""What is measured, with which engines, and what it may cost."""

from dataclasses import dataclass

from benchmarks.workloads import MLP, MNIST, Chain, Demo, Digits, Forward, Import, Jacobian, Scalars, Size, Work


@dataclass(frozen=True)
class Target:
    """At most so much: as a multiple of a peer's figure, in the same row or in another, or, without a peer, of the unit."""

    at_most: float
    peer: str = ""
    ours: str = "chainrule"
    row: str = ""  # the peer's, if it is another


@dataclass(frozen=True)
class Row:
    section: str
    title: str
    work: Work
    engines: tuple[str, ...]
    targets: tuple[Target, ...] = ()
    unit: str = "µs"
    measure: str = "time"
    rounds: int = 0  # at most so many, if the figure is always the same
    variable: str = ""  # of the environment, without which there is no data


MLPS = {
    "mlp1": ("2-16-2, batch 100, depth 2", MLP((2, 16, 16, 2), 100)),
    "mlp2": ("64-100-10, batch 32, depth 1", MLP((64, 100, 10), 32)),
    "mlp3": ("784-256-10, batch 128, depth 2", MLP((784, 256, 256, 10), 128)),
    "mlp4": ("784-1024-10, batch 512, depth 2", MLP((784, 1024, 1024, 10), 512)),
}
BY_HAND = {"mlp1": 1.6, "mlp2": 1.6, "mlp3": 1.15, "mlp4": 1.15}  # at most, as a multiple of NumPy by hand
LARGEST = "mlp4"  # where products of matrices, which are XLA's own, are nearly all the time
OURS = ("chainrule", "chainrule_compiled")
SGD_ENGINES = ("numpy_by_hand", *OURS, "pytorch", "jax_jit", "mygrad", "hips", "scikit_learn")
ADAM_ENGINES = ("numpy_by_hand", *OURS, "pytorch", "pytorch_fused", "jax_jit", "mygrad", "hips", "scikit_learn")
IMPORTED = ("numpy_by_hand", "chainrule", "pytorch", "jax_jit", "mygrad", "hips", "scikit_learn", "micrograd")


def sgd_targets(name: str) -> tuple[Target, ...]:
    found = (
        Target(BY_HAND[name], "numpy_by_hand"),
        Target(0.5, "pytorch"),
        Target(1.15 if name == LARGEST else 1.0, "jax_jit"),
        Target(1.1, "numpy_by_hand", "chainrule_compiled"),
    )
    return found if name == LARGEST else (*found, Target(0.9, "jax_jit", "chainrule_compiled"))


def adam_targets(name: str) -> tuple[Target, ...]:
    found = (Target(0.75, "pytorch_fused"),)
    return found if name == LARGEST else (*found, Target(1.1, "jax_jit"))


STEPS = "Training steps with SGD: MLPs, ReLU, softmax cross-entropy, float32"
ADAM = "The same with Adam"
DEEPER = "Training steps and outputs of an MLP 784-256-256-10"
GRAPHS = "Graphs of scalars and small arrays"
TRAININGS = "Whole trainings"
MEMORY = "Memory: MLP 784-1024-1024-10 with BatchNorm, batch 4096; 64-100-10, batch 32"
PACKAGES = "Packages"
SIZES = (784, 256, 256, 10)
LARGE = MLP((784, 1024, 1024, 10), 4096, batch_norm=True)
SMALL = MLP((64, 100, 10), 32)

ROWS = {name: Row(STEPS, f"SGD, {title}", work, SGD_ENGINES, sgd_targets(name)) for name, (title, work) in MLPS.items()}
for name, (title, work) in MLPS.items():
    ROWS[f"{name}_adam"] = Row(ADAM, f"Adam, {title}", MLP(work.sizes, work.batch, "adam"), ADAM_ENGINES, adam_targets(name))
ROWS |= {
    "regularized": Row(
        DEEPER,
        "SGD step with BatchNorm and dropout 0.2, batch 128",
        MLP(SIZES, 128, batch_norm=True, dropout=0.2),
        (*OURS, "pytorch", "jax_jit"),
        (Target(0.6, "pytorch"),),
    ),
    "forward1": Row(
        DEEPER,
        "outputs only, without recording, batch 1",
        Forward(SIZES, 1),
        ("numpy_by_hand", "chainrule", "pytorch", "jax_jit"),
        (Target(0.5, "pytorch"),),
    ),
    "forward1024": Row(
        DEEPER,
        "outputs only, without recording, batch 1024",
        Forward(SIZES, 1024),
        ("numpy_by_hand", "chainrule", "pytorch", "jax_jit"),
    ),
    "scalar": Row(
        GRAPHS,
        "scalar node of acc += w·x",
        Scalars(300),
        ("micrograd", "chainrule", "pytorch", "mygrad"),
        (Target(0.65, "micrograd"), Target(0.5, "micrograd")),  # what has always held, and what is wanted
    ),
    "demo": Row(GRAPHS, "step of micrograd's demo", Demo(), ("micrograd", "chainrule"), (Target(0.5, "micrograd"),), "ms"),
    "operation": Row(
        GRAPHS,
        "operation on 8 floats, recorded",
        Chain(1000, 8, backward=False),
        ("numpy_by_hand", "chainrule", "pytorch", "mygrad"),  # HIPS keeps no graph outside of grad
    ),
    "operation_backward": Row(
        GRAPHS,
        "operation on 8 floats, recorded, and backward",
        Chain(1000, 8),
        ("chainrule", "pytorch", "mygrad", "hips"),
    ),
    "graph4": Row(
        GRAPHS, "operation in a graph of 10⁴, backward and freeing included", Chain(10_000), ("chainrule", "pytorch")
    ),
    "graph5": Row(
        GRAPHS,
        "operation in a graph of 10⁵",
        Chain(100_000),
        ("chainrule", "pytorch"),
        (Target(1.3, "chainrule", row="graph4"),),
    ),
    "graph6": Row(
        GRAPHS,
        "operation in a graph of 10⁶",
        Chain(1_000_000),
        ("chainrule", "pytorch"),
        (Target(1.3, "chainrule", row="graph4"),),
    ),
    "graph6_uncollected": Row(
        GRAPHS, "the same without Python's garbage collector", Chain(1_000_000, collector=False), ("chainrule", "pytorch")
    ),
    "jacobian": Row(
        GRAPHS,
        "Jacobian of 500 outputs by 500 inputs",
        Jacobian(500),
        ("row_by_row", "chainrule", "pytorch"),
        (Target(0.2, "row_by_row"),),
        "ms",
    ),
    "digits": Row(
        TRAININGS,
        "epoch of the digits by the engine's own call, 64-100-10, Adam",
        Digits(),
        ("scikit_learn", *OURS),
        (Target(0.6, "scikit_learn"),),
        "s",
        "result",
    ),
    "mnist_epoch": Row(
        TRAININGS,
        "epoch of MNIST, 784-512-10, Adam, batch 128",
        MNIST(),
        (*OURS, "pytorch"),
        unit="s",
        measure="result",
        variable="CHAINRULE_MNIST",
    ),
    "mnist_98": Row(
        TRAININGS,
        "MNIST, 784-512-10, Adam, batch 128, until 98 % of the test images are right",
        MNIST(goal=0.98, epochs=20),
        (*OURS, "pytorch"),
        (Target(0.8, "pytorch"),),
        "s",
        "result",
        variable="CHAINRULE_MNIST",
    ),
    "peak": Row(
        MEMORY, "growth of memory at the peak of five steps", LARGE, (*OURS, "pytorch"), (Target(1.0, "pytorch"),), "MB", "peak"
    ),
    "kept": Row(MEMORY, "growth of memory that stays after them", LARGE, (*OURS, "pytorch"), unit="MB", measure="kept"),
    "resident3": Row(
        MEMORY, "memory of the process after 1 000 small steps", SMALL, (*OURS, "pytorch"), unit="MB", measure="after 1000"
    ),
    "resident4": Row(
        MEMORY,
        "memory of the process after 10 000 small steps",
        SMALL,
        (*OURS, "pytorch"),
        tuple(Target(1.01, ours, ours, "resident3") for ours in OURS),
        "MB",
        "after 10000",
    ),
    "import": Row(PACKAGES, "import in a fresh process", Import(), IMPORTED, (Target(1.6, "numpy_by_hand"),), "ms"),
    "size": Row(
        PACKAGES,
        "size on the disk, with all it needs",
        Size(),
        tuple(engine for engine in IMPORTED if engine != "hips"),
        (Target(90),),
        "MB",
        rounds=1,
    ),
}
