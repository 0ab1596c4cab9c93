"""The measured networks, and the number of steps that are timed together."""

from dataclasses import dataclass

from benchmarks.convolutions.cases import LENET
from benchmarks.convolutions.workloads import ConvNet
from benchmarks.suite import MLPS
from benchmarks.workloads import MLP

BLOCKS = 7  # of steps; a result is the median over them


@dataclass(frozen=True)
class DistributedCase:
    title: str
    workload: MLP | ConvNet
    steps: int  # of a block


STEPS = {"mlp1": 200, "mlp2": 200, "mlp3": 20, "mlp4": 2}
CASES = {name: DistributedCase(title, workload, STEPS[name]) for name, (title, workload) in MLPS.items()}
CASES["lenet"] = DistributedCase("LeNet-5 on 28×28, batch 64", LENET, 6)
SMALL = ("mlp1", "mlp2")  # the cases with a target
AT_MOST = 0.7  # of DDP's time, in fast mode
