"""The command-line options of the program."""

import argparse
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from autograd.extend import command_line, suggest
from optim.cli.datasets import GENERATED
from optim.cli.parse import OPTIMIZERS, UsageError
from optim.data.tables.column_types import KINDS
from optim.data.tables.reader import SUFFIXES
from optim.data.tables.targets import TASKS

DEFAULTS: dict[str, Any] = {
    "data": "digits",
    "target": None,
    "task": "auto",
    "drop": None,
    "column": None,
    "header": None,
    "path": None,
    "augment": "none",
    "model": "mlp",
    "hidden": None,
    "activation": "relu",
    "init": None,
    "batch_norm": False,
    "dropout": 0.0,
    "dtype": "float64",
    "optimizer": None,
    "lr": None,
    "momentum": None,
    "schedule": "none",
    "batching": "32",
    "balanced": False,
    "epochs": 200,
    "penalty": "l2:0.0005",
    "clip": "none",
    "ema": None,
    "patience": 30,
    "seed": 0,
    "record": False,
    "checkpoint_every": 1,
    "tensorboard": None,
    "output": None,
    "force": False,
}
#: The sizes of the hidden layers of each model, unless --hidden gives others.
HIDDEN = {"mlp": "256", "cnn": "128"}
#: The options allowed besides --resume: the place of the data, and the number of epochs.
RESUMABLE = {"data", "path", "epochs"}


class Parser(command_line.Parser):
    """A parser whose error for an unknown option states the one that is meant: by another library's name, or the nearest."""

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized arguments"):
            options = [option for action in self._actions for option in action.option_strings]
            for unknown in re.findall(r"--([\w-]+)", message):
                suggestion = suggest(unknown.replace("-", "_"))
                matches = [option for option in options if suggestion == f"; write {option.removeprefix('--')} here"]
                matches = matches or get_close_matches(f"--{unknown}", options, 1)
                message += "".join(f"; write {option}" for option in matches)
        super().error(message)


def training_parser(activations: list[str], initializers: list[str]) -> command_line.Parser:
    """The parser of a training; options that are not given are not in its result."""
    parser = Parser(
        prog="python -m optim",
        usage="%(prog)s [data] [options]\n"
        "       %(prog)s --resume FOLDER\n"
        "       %(prog)s evaluate FOLDER [data]\n"
        "       %(prog)s predict FOLDER FILE",
        description="Train a multilayer perceptron or a convolutional network to predict classes, numbers or several labels, "
        "and write it to a run folder. A run folder can be resumed, evaluated, and used to predict.",
        epilog="The folder contains model.safetensors (the model, and the encoding of its columns), settings.json (layers, "
        "encoding, options), history.csv, curves.png, predictions.png of a regression, the graph of one training step as "
        "graph.svg and graph.dot, and the checkpoints of the training. Defaults are in parentheses. Ctrl-C ends the training, "
        "keeps the best weights, and exits with status 130.",
        argument_default=argparse.SUPPRESS,
    )
    data = parser.add_argument_group("data")
    names = f"digits (the default), mnist, {', '.join(GENERATED)}, or a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file"
    data.add_argument("data", nargs="?", help=names)
    columns = "column of a file to predict, given again for each of several labels (the last column)"
    data.add_argument("--target", metavar="NAME", action="append", help=columns)
    tasks = "auto, classification, regression or multilabel; auto is regression for fractions and many different numbers (auto)"
    data.add_argument("--task", choices=TASKS, metavar="NAME", help=tasks)
    data.add_argument(
        "--drop", metavar="NAME", action="append", help="column to leave out, such as another label; may be given again"
    )
    kinds = f"type of a column, {', '.join(KINDS)}, instead of that of its values; may be given again"
    data.add_argument("--column", metavar="NAME=TYPE", action="append", help=kinds)
    _add_header(data)
    data.add_argument("--path", metavar="PATH", help="folder or npz file of mnist ($CHAINRULE_MNIST)")
    data.add_argument(
        "--augment",
        metavar="LIST",
        help="noise:σ, scale:a, mask:p, shift:n, rotate:degrees, flip:p, cutout:n, … (none)",
    )
    model = parser.add_argument_group("model")
    kinds = "mlp, or cnn for images: two convolutions with pooling before the hidden layers (mlp)"
    model.add_argument("--model", metavar="NAME", choices=list(HIDDEN), help=kinds)
    model.add_argument("--hidden", metavar="N[,N…]", help="sizes of the hidden layers; 0 for none (256; 128 for cnn)")
    model.add_argument("--activation", metavar="NAME", choices=activations, help=f"{', '.join(activations)} (relu)")
    model.add_argument("--init", metavar="NAME", choices=initializers, help=f"{', '.join(initializers)} (fits the activation)")
    model.add_argument("--batch-norm", action="store_true", help="normalize before each activation")
    model.add_argument("--dropout", type=float, metavar="P", help="rate of dropout after each activation (0)")
    model.add_argument("--dtype", choices=["float32", "float64"], help="precision of the numbers (float64)")
    steps = parser.add_argument_group("training")
    steps.add_argument(
        "--optimizer", choices=list(OPTIMIZERS), metavar="NAME", help=f"{', '.join(OPTIMIZERS)} (sgd; adam in a regression)"
    )
    rate = "learning rate (0.1 for sgd, 0.001 in a regression, else the optimizer's own)"
    steps.add_argument("--lr", "--learning-rate", dest="lr", type=float, metavar="X", help=rate)
    steps.add_argument("--momentum", type=float, metavar="X", help="momentum, from 0 to below 1 (0.9 for sgd)")
    steps.add_argument(
        "--schedule",
        metavar="KIND",
        help="none, cosine, onecycle, exponential:γ, inverse:γ, step:epochs:γ, warmup:epochs or plateau:patience:factor (none)",
    )
    batching = "batch, stochastic, or the size of mini-batches (32)"
    steps.add_argument("--batching", "--batch-size", dest="batching", metavar="KIND", help=batching)
    steps.add_argument("--balanced", action="store_true", help="weigh all classes alike, however many examples they have")
    steps.add_argument("--epochs", type=int, metavar="N", help="largest number of epochs (200)")
    steps.add_argument("--penalty", metavar="KIND", help="none, l1:λ, l2:λ or elastic:λ:β (l2:0.0005)")
    steps.add_argument("--clip", metavar="KIND", help="limit gradients: none, norm:x or value:x (none)")
    steps.add_argument("--ema", type=float, metavar="DECAY", help="average the weights with this decay per step (no average)")
    steps.add_argument("--patience", type=int, metavar="N", help="epochs without improvement before stopping (30)")
    steps.add_argument("--seed", type=int, metavar="N", help="seed of split, weights and shuffling (0)")
    run = parser.add_argument_group("run folder")
    run.add_argument("-o", "--output", metavar="FOLDER", help="run folder (runs/DATA-1, -2, …)")
    run.add_argument("--force", action="store_true", help="delete the earlier run in the run folder")
    run.add_argument("--record", action="store_true", help="record gradient norms and update ratios of each layer")
    run.add_argument("--checkpoint-every", type=int, metavar="N", help="epochs between two checkpoints; 0 for none (1)")
    board = "also write event files for TensorBoard to this folder: curves, histograms, the graph of the model"
    run.add_argument("--tensorboard", metavar="FOLDER", help=board)
    run.add_argument("--resume", metavar="FOLDER", help="resume this run; only data, --path and --epochs may be given as well")
    return parser


def evaluate_parser() -> command_line.Parser:
    """The parser of `evaluate`."""
    parser = Parser(
        prog="python -m optim evaluate",
        description="Print how well a run predicts its held-out examples, or other data with the same columns.",
    )
    parser.add_argument("folder", help="run folder")
    parser.add_argument("data", nargs="?", help="a file with the columns and targets of the run")
    parser.add_argument("--path", metavar="PATH", help="folder or npz file of mnist, if the run was trained on it")
    _add_header(parser)
    return parser


def predict_parser() -> command_line.Parser:
    """The parser of `predict`."""
    parser = Parser(
        prog="python -m optim predict",
        description="Print the prediction for each row of a file as CSV: the class and its probability, the numbers, or 0 or 1 "
        "for each label.",
        epilog="Rows are raw, as in the training data. Columns are identified by name if the file has a header, else by order; "
        "the target may be missing. A category that the training data does not have counts as none and is reported. The pixels "
        "of digits and mnist are numbers from 0 to 1.",
    )
    parser.add_argument("folder", help="run folder")
    parser.add_argument("file", help="a file with the columns of the run")
    parser.add_argument("--probabilities", action="store_true", help="also print the probability of each class or label")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to this file instead")
    _add_header(parser)
    return parser


def _add_header(parser: argparse._ActionsContainer) -> None:
    text = "whether the first row of a .csv file is a header (if it has only text)"
    parser.add_argument("--header", choices=["yes", "no"], help=text)


def with_defaults(args: argparse.Namespace) -> argparse.Namespace:
    """The arguments and the defaults of all other options; raises UsageError for numbers outside their range."""
    options = argparse.Namespace(**DEFAULTS | vars(args))
    if options.hidden is None:
        options.hidden = HIDDEN[options.model]
    if options.epochs < 1:
        raise UsageError(f"--epochs: must be at least 1, got {options.epochs}")
    for name in ("seed", "checkpoint_every"):
        if getattr(options, name) < 0:
            raise UsageError(f"--{name.replace('_', '-')}: must be 0 or more, got {getattr(options, name)}")
    if not 0 <= options.dropout < 1:
        raise UsageError(f"--dropout: must be in [0, 1), got {options.dropout}")
    if options.ema is not None and not 0 <= options.ema < 1:
        raise UsageError(f"--ema: must be in [0, 1), such as 0.99, got {options.ema}")
    return options


def resumed_options(args: argparse.Namespace, stored: argparse.Namespace) -> argparse.Namespace:
    """The stored options of a run, updated by the arguments; raises UsageError for an option that would change the training."""
    updates = {name: value for name, value in vars(args).items() if name != "resume"}
    wrong = sorted(set(updates) - RESUMABLE)
    if wrong:
        flag = f"--{wrong[0].replace('_', '-')}"
        raise UsageError(f"{flag} cannot be changed: --resume uses the options of the run; only --epochs may be larger")
    return with_defaults(argparse.Namespace(**vars(stored) | updates))


def command_line_arguments(options: Mapping[str, Any]) -> list[str]:
    """Options as a list of command-line arguments, so that the parser checks stored options as well.

    >>> from optim.cli.arguments import command_line_arguments
    >>> command_line_arguments({"data": "a.csv", "target": ["x", "y"], "batch_norm": True, "lr": 0.1, "ema": None})
    ['a.csv', '--target=x', '--target=y', '--batch-norm', '--lr=0.1']
    """
    named = {f"--{name.replace('_', '-')}": value for name, value in options.items() if name != "data"}
    pairs = [(name, item) for name, value in named.items() for item in (value if isinstance(value, list) else [value])]
    flags = [name if value is True else f"{name}={value}" for name, value in pairs if value not in (None, False)]
    return [str(options.get("data", DEFAULTS["data"])), *flags]
