"""The measured networks, and the number of steps that are timed together."""

from dataclasses import dataclass

from benchmarks.convolutions.cases import LENET
from benchmarks.convolutions.workloads import ConvNet
from benchmarks.suite import MLPS
from benchmarks.workloads import MLP

BLOCKS = 9  # of steps; a result is the median over them


@dataclass(frozen=True)
class DistributedCase:
    title: str
    workload: MLP | ConvNet
    steps: int  # of a block


STEPS = {"mlp1": 300, "mlp2": 300, "mlp3": 40, "mlp4": 4}
CASES = {name: DistributedCase(title, workload, STEPS[name]) for name, (title, workload) in MLPS.items()}
CASES["lenet"] = DistributedCase("LeNet-5 on 28×28, batch 64", LENET, 12)
SMALL = ("mlp1", "mlp2")  # the cases with a target
AT_MOST = 0.7  # of DDP's time, in fast mode
