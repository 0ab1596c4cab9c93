"""A program for mpiexec: train, and let each rank write its weights. Arguments: the folder, the case, options as JSON."""

import json
import sys
from pathlib import Path

import numpy as np

from optim.distributed import MPICommunicator
from tests.optim.distributed.trainings import train

if __name__ == "__main__":
    folder, name, options = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    weights, _ = train("mpi", name, **options)
    np.savez(folder / f"rank-{MPICommunicator().rank}.npz", **weights)
