"""Train on several ranks that share every batch, and show that their number does not change a bit of the weights.

    mpiexec -n 4 python examples/many_ranks.py [--epochs 5] [--reduction ordered]
    python examples/many_ranks.py --threads 2

The first line starts processes that talk by MPI (extra `mpi`); the second one runs the ranks as threads of one process, to try
the program without MPI. The printed checksum is the same for any number of ranks, unless `--reduction fast` is chosen.
"""

import argparse
import sys
import zlib

import nn
from nn.metrics import accuracy
from optim import Adam, evaluate, fit
from optim.data import digits, split
from optim.distributed import MPICommunicator, run_threads


def checksum(model):
    """A number that changes if a bit of the weights changes."""
    return zlib.crc32(b"".join(array.tobytes() for array in model.state_dict().values()))


def train(communicator, options):
    """The program of one rank: every rank makes the same calls with the same arguments."""
    inputs, labels = digits()
    train, test = split(labels, [0.8, 0.2], rng=0)
    model, loss = nn.MLP([64, 64, 10], activation="relu", rng=0), nn.CrossEntropyLoss()
    optimizer = Adam(model.parameters(), lr=0.003)
    history = fit(
        model, loss, (inputs[train], labels[train]), optimizer=optimizer, batch_size=64, epochs=options.epochs,
        communicator=communicator, reduction=options.reduction, rng=0, progress=False,
    )  # fmt: skip
    scores = evaluate(model, loss, (inputs[test], labels[test]), {"accuracy": accuracy})
    if communicator.rank == 0:
        print(f"{communicator.size} ranks: loss {history['loss'][-1]:.4f}, held-out accuracy {scores['accuracy']:.3f}")
        print(f"checksum of the weights {checksum(model):08x}")


def main(arguments):
    """Start the ranks as threads, or take part as the process that mpiexec has started."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--reduction", choices=["ordered", "fast"], default="ordered")
    parser.add_argument("--threads", type=int, metavar="RANKS", help="run the ranks as threads of this process")
    options = parser.parse_args(arguments)

    if options.threads:
        run_threads(lambda communicator: train(communicator, options), options.threads)
    else:
        train(MPICommunicator(), options)


if __name__ == "__main__":
    main(sys.argv[1:])
