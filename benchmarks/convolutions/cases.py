"""The cases of convolutions and the targets of their results."""

from benchmarks.case import Case, Target
from benchmarks.convolutions.workloads import ConvLayer, ConvNet

SECTION = "Training steps of convolutions with SGD, float32"
ENGINES = ("numpy_by_hand", "chainrule", "chainrule_compiled", "pytorch", "jax_jit")
LENET = ConvNet((1, 6, 16), 5, (2, 0), (400, 120, 84, 10), batch=64, pool=True)
STACK = ConvNet((1, 8, 16, 32), 3, (1, 1, 1), (32, 10), batch=32)
LAYER = ConvLayer(64, 32, 16)


def targets(pytorch: float) -> tuple[Target, ...]:
    return Target(1.1, "numpy_by_hand", "chainrule_compiled"), Target(pytorch, "pytorch", "chainrule_compiled")


CASES = {
    "lenet": Case(SECTION, "LeNet-5 on 28×28, batch 64", LENET, ENGINES, targets(1.0), "ms", limit="BLAS"),
    "convolutions": Case(
        SECTION, "three 3×3 convolutions of 8, 16, 32 channels, batch 32", STACK, ENGINES, targets(1.4), "ms", limit="BLAS"
    ),
    "convolution": Case(
        SECTION, "convolution 3×3 of 64 channels on 32×32, batch 16", LAYER, ENGINES, targets(1.7), "ms", limit="BLAS"
    ),
    "convolution_peak": Case(
        SECTION,
        "the same: peak growth of memory during five steps",
        LAYER,
        ("chainrule", "chainrule_compiled", "pytorch"),
        (Target(1.5, "pytorch"), Target(1.5, "pytorch", "chainrule_compiled")),
        "MB",
        "peak",
        limit="memory",
    ),
}
