"""The options of the program."""

import argparse
from collections.abc import Mapping
from typing import Any

from autograd.extend import command_line
from optim.cli.datasets import GENERATED
from optim.cli.parse import OPTIMIZERS, UsageError

DEFAULTS: dict[str, Any] = {
    "data": "digits",
    "target": None,
    "path": None,
    "augment": "none",
    "hidden": "256",
    "activation": "relu",
    "init": None,
    "batch_norm": False,
    "dropout": 0.0,
    "dtype": "float64",
    "optimizer": "sgd",
    "lr": None,
    "momentum": None,
    "schedule": "none",
    "batching": "32",
    "epochs": 200,
    "penalty": "l2:0.0005",
    "clip": "none",
    "ema": None,
    "patience": 30,
    "seed": 0,
    "record": False,
    "checkpoint_every": 1,
    "output": None,
}
#: What may be given beside --resume: where the data is now, and how long the training is to be.
RESUMABLE = {"data", "path", "epochs"}


def training(activations: list[str], initializers: list[str]) -> command_line.Parser:
    """The options of a training; those that are not given are not there."""
    command = command_line.Parser(
        prog="python -m optim",
        usage="%(prog)s [data] [options]\n"
        "       %(prog)s --resume FOLDER\n"
        "       %(prog)s evaluate FOLDER [data]\n"
        "       %(prog)s predict FOLDER FILE",
        description="Train a multi-layer perceptron to classify, and write what was learned to a run folder. A run folder can "
        "be gone on with, evaluated, and used to predict.",
        epilog="The folder holds weights.npz, settings.json (layers, classes, scaling of the inputs, options), history.csv, "
        "curves.png, the graph of one training step as graph.svg and graph.dot, and in checkpoints/ the training itself. "
        "Values in parentheses are the defaults. Ctrl-C ends a training, keeps its best weights, and exits with 130.",
        argument_default=argparse.SUPPRESS,
    )
    data = command.add_argument_group("data")
    names = f"digits (the default), mnist, {', '.join(GENERATED)}, or a .csv or .npz file"
    data.add_argument("data", nargs="?", help=names)
    data.add_argument("--target", metavar="NAME", help="column (array) of the classes in a file; the last column if not given")
    data.add_argument("--path", metavar="PATH", help="folder or npz file of mnist; $CHAINRULE_MNIST if not given")
    data.add_argument(
        "--augment", metavar="LIST", help="noise:σ, scale:a, mask:p, shift:n, rotate:degrees, flip:p, cutout:n or more (none)"
    )
    model = command.add_argument_group("model")
    model.add_argument("--hidden", metavar="N[,N…]", help="sizes of the hidden layers; 0 for none (256)")
    model.add_argument("--activation", metavar="NAME", choices=activations, help=f"{', '.join(activations)} (relu)")
    model.add_argument("--init", metavar="NAME", choices=initializers, help=f"{', '.join(initializers)} (suits the activation)")
    model.add_argument("--batch-norm", action="store_true", help="normalize before each activation")
    model.add_argument("--dropout", type=float, metavar="P", help="rate of dropout after each activation (0)")
    model.add_argument("--dtype", choices=["float32", "float64"], help="precision of the numbers (float64)")
    steps = command.add_argument_group("training")
    steps.add_argument("--optimizer", choices=list(OPTIMIZERS), metavar="NAME", help=f"{', '.join(OPTIMIZERS)} (sgd)")
    steps.add_argument("--lr", type=float, metavar="X", help="learning rate (0.1 for sgd, else the optimizer's own)")
    steps.add_argument("--momentum", type=float, metavar="X", help="momentum, from 0 to below 1 (0.9 for sgd)")
    steps.add_argument(
        "--schedule",
        metavar="KIND",
        help="none, cosine, onecycle, exponential:γ, inverse:γ, step:epochs:γ, warmup:epochs or plateau:patience:factor (none)",
    )
    steps.add_argument("--batching", metavar="KIND", help="batch, stochastic, or the size of mini-batches (32)")
    steps.add_argument("--epochs", type=int, metavar="N", help="most epochs to train (200)")
    steps.add_argument("--penalty", metavar="KIND", help="none, l1:λ, l2:λ or elastic:λ:β (l2:0.0005)")
    steps.add_argument("--clip", metavar="KIND", help="limit gradients: none, norm:x or value:x (none)")
    steps.add_argument("--ema", type=float, metavar="DECAY", help="average the weights, with this decay per step (no average)")
    steps.add_argument("--patience", type=int, metavar="N", help="epochs without improvement before stopping (30)")
    steps.add_argument("--seed", type=int, metavar="N", help="seed of split, weights and shuffling (0)")
    run = command.add_argument_group("run folder")
    run.add_argument("-o", "--output", metavar="FOLDER", help="run folder; runs/DATA-1, -2, … if not given")
    run.add_argument("--record", action="store_true", help="record gradient norms and update ratios of each layer")
    run.add_argument("--checkpoint-every", type=int, metavar="N", help="epochs between two checkpoints; 0 for none (1)")
    run.add_argument("--resume", metavar="FOLDER", help="go on with this run; beside it only data, --path and --epochs")
    return command


def evaluating() -> command_line.Parser:
    """The options of `evaluate`."""
    command = command_line.Parser(
        prog="python -m optim evaluate",
        description="Measure what a run has learned: on the examples it held out, or on other data of the same kind.",
    )
    command.add_argument("folder", help="of the run")
    command.add_argument("data", nargs="?", help="a .csv or .npz file with the columns and classes of the run's")
    command.add_argument("--path", metavar="PATH", help="where mnist is, if the run learned from it")
    return command


def predicting() -> command_line.Parser:
    """The options of `predict`."""
    command = command_line.Parser(
        prog="python -m optim predict",
        description="Print the class that a run's model gives each row of a file, and its probability, as CSV.",
        epilog="Columns are found by their names if the file has a header, else by their order; a column of classes may be "
        "there. The pixels of digits and mnist are numbers from 0 to 1.",
    )
    command.add_argument("folder", help="of the run")
    command.add_argument("file", help="a .csv or .npz file with the columns of the run's data")
    command.add_argument("-o", "--output", metavar="FILE", help="write to this file instead")
    return command


def complete(given: argparse.Namespace) -> argparse.Namespace:
    """Given options and the defaults of all others; raises UsageError for numbers that cannot be meant."""
    options = argparse.Namespace(**DEFAULTS | vars(given))
    if options.epochs < 1:
        raise UsageError(f"--epochs: at least 1, not {options.epochs}")
    for name in ("seed", "checkpoint_every"):
        if getattr(options, name) < 0:
            raise UsageError(f"--{name.replace('_', '-')}: 0 or more, not {getattr(options, name)}")
    if not 0 <= options.dropout < 1:
        raise UsageError(f"--dropout: a rate from 0 to below 1, not {options.dropout}")
    if options.ema is not None and not 0 <= options.ema < 1:
        raise UsageError(f"--ema: from 0 to below 1, such as 0.99, not {options.ema}")
    return options


def resumed(given: argparse.Namespace, before: argparse.Namespace) -> argparse.Namespace:
    """The options of a run that is gone on with; raises UsageError for those that would change it."""
    own = {name: value for name, value in vars(given).items() if name != "resume"}
    wrong = sorted(set(own) - RESUMABLE)
    if wrong:
        flag = f"--{wrong[0].replace('_', '-')}"
        raise UsageError(f"{flag} cannot be changed: --resume goes on with the options of the run, only --epochs may be more")
    return complete(argparse.Namespace(**vars(before) | own))


def arguments(options: Mapping[str, Any]) -> list[str]:
    """Options as they would be typed, so that those of a file are looked at as a person's are.

    >>> from optim.cli.arguments import arguments
    >>> arguments({"data": "xor", "batch_norm": True, "lr": 0.1, "ema": None})
    ['xor', '--batch-norm', '--lr=0.1']
    """
    named = {f"--{name.replace('_', '-')}": value for name, value in options.items() if name != "data"}
    flags = [name if value is True else f"{name}={value}" for name, value in named.items() if value not in (None, False)]
    return [str(options.get("data", DEFAULTS["data"])), *flags]
