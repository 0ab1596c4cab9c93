"""Train a classifier from a shell: python -m optim

This program is outside the package proper: it builds its models with `nn`, which the rest of `optim` never imports.
"""

import csv
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
from autograd.extend import atomic_files, command_line
from nn.metrics import accuracy
from optim import EMA, Callback, Checkpoint, EarlyStopping, History, Run, TensorBoard, TrainingError, fit, predict
from optim.cli import arguments, parse, run_folder
from optim.cli.datasets import LabeledData, SplitData, load, parse_header, resolve_path, split_data
from optim.cli.model import CHANNELS, make_model
from optim.cli.parse import UsageError
from optim.cli.prediction_rows import read_rows
from optim.data import DataFileError, DataLoader, Table, read_table
from optim.distributed import Communicator, MPICommunicator, SingleProcess, raise_together
from optim.distributed.faults import end_job_of_command
from optim.integrations import load_run
from optim.training.single_rank import started_ranks

Pair = tuple[np.ndarray, np.ndarray]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    argv = list(sys.argv[1:] if argv is None else argv)
    commands: dict[str, tuple[Callable[[], command_line.Parser], Callable[[Namespace], None]]] = {
        "evaluate": (arguments.evaluate_parser, evaluate_run),
        "predict": (arguments.predict_parser, predict_rows),
    }
    make_parser, command = commands.get(argv[0] if argv else "", (training_parser, train_run))
    words = argv if command is train_run else argv[1:]
    expected = (UsageError, DataFileError, TrainingError, OSError, ValueError, RuntimeError, ImportError)
    return command_line.run_command("optim", lambda: command(make_parser().parse_args(words)), expected)


def training_parser() -> command_line.Parser:
    """The parser of the options of a training."""
    return arguments.training_parser([name for name in nn.ACTIVATIONS if name != "glu"], list(nn.init.INITIALIZERS))


# Training


def train_run(args: Namespace) -> None:
    """Train, report and write the run folder; or resume the run in a folder. Rank 0 prints and writes."""
    resume = getattr(args, "resume", None)
    is_distributed = getattr(args, "distributed", False) or (resume is not None and started_ranks() > 1)
    communicator: Communicator = MPICommunicator() if is_distributed else SingleProcess()
    with ExitStack() as stack:
        if communicator.rank:
            stack.enter_context(redirect_stdout(stack.enter_context(open(os.devnull, "w"))))
        stack.enter_context(end_job_of_command(communicator, "optim"))
        stored = stored_options(run_folder.read_settings(resume)) if resume else None
        options = arguments.resumed_options(args, stored) if stored else arguments.with_defaults(args)
        if communicator.size > 1 and not options.distributed:
            raise UsageError(f"--resume: {resume} is a run of one process; resume it without mpiexec")
        train(options, resume, communicator)


def train(options: Namespace, resume: str | None, communicator: Communicator) -> None:
    """Train with complete options; see `train_run`."""
    hidden, batching, clip = parse.hidden_sizes(options.hidden), parse.batching(options.batching), parse.clip(options.clip)
    early_stopping = EarlyStopping(options.patience)
    parse.penalty(options.penalty)
    data, splits, rng = load_data(options)
    sizes = [data.inputs.shape[1], *hidden, len(data.classes)]
    model = make_model(sizes, options, data.shape, rng)
    loss = nn.CrossEntropyLoss()
    optimizer, penalty = parse.optimizer(options, model.parameters())
    augment = parse.augmentation(options.augment, data.shape)
    # Batch normalization cannot train on a last batch of one example, which has no variance.
    drop_last = options.batch_norm and batching.size is not None and len(splits.train[0]) % batching.size == 1
    loader = DataLoader(splits.train, batching, transform=augment, drop_last=drop_last, rng=rng)
    schedule = parse.schedule(options.schedule, optimizer, options.epochs, len(loader))

    if data.note:
        print(data.note)
    counts = [len(labels) for _, labels in (splits.train, splits.validation, splits.held_out)]
    print(f"{data.name}: {counts[0]} examples to train, {counts[1]} to validate, {counts[2]} held out")
    extra = ", batch norm" * options.batch_norm + f", dropout {options.dropout:g}" * bool(options.dropout)
    count = sum(parameter.size for parameter in model.parameters())
    layers = sizes if options.model == "mlp" else [" × ".join(map(str, data.shape or ())), *CHANNELS, *sizes[1:]]
    print(f"model: {' → '.join(map(str, layers))}, {options.activation}{extra}, {count} parameters")

    with raise_together(communicator):
        created = resume is None and communicator.rank == 0
        path = run_folder.create(options.output, data.name, options.overwrite) if created else Path(resume or "")
    folder: Path = communicator.broadcast(path)
    settings = run_settings(options, data, splits, sizes)
    callbacks: list[Callback] = []
    if options.tensorboard is not None:  # first, because it refuses a folder that has another run
        begins_again = resume is not None and not options.checkpoint_every
        callbacks.append(TensorBoard(options.tensorboard, overwrite=options.overwrite or begins_again))
    callbacks.append(OnTrainBegin(lambda run: run_folder.write_settings(folder, settings)))
    if options.distributed:
        callbacks.append(OnTrainBegin(lambda run: print(run.ranks.summary())))
    if options.checkpoint_every:
        callbacks.append(Checkpoint(folder / run_folder.CHECKPOINTS, options.checkpoint_every))
    started = time.perf_counter()
    history = fit(
        model,
        loss,
        loader,
        optimizer=optimizer,
        epochs=options.epochs,
        validation=splits.validation,
        metrics={"accuracy": accuracy},
        schedule=schedule,
        average=None if options.ema is None else EMA(model.parameters(), options.ema),
        early_stopping=early_stopping,
        callbacks=callbacks,
        record=["gradient_norms", "update_ratios"] if options.record else (),
        resume=bool(resume and options.checkpoint_every),
        communicator=communicator if options.distributed else None,
        reduction=options.reduction,
        shards=options.shards,
        **clip,
        **penalty,
    )
    if len(history) and communicator.rank == 0:
        reason = history.stopped or "all epochs done"
        seconds = time.perf_counter() - started
        print(f"trained {len(history)} epochs in {seconds:.1f} s ({reason}); the best parameters were kept")
        report(predict(model, splits.held_out[0]), splits.held_out[1], data.classes, "held-out ")
        metadata = {name: settings[name] for name in ("classes", "features", "mean", "scale")}
        names = write_results(folder, model, loss, history, splits.train, metadata)
        print(f"wrote {', '.join(names)} to {folder}")
    if history.stopped == "interrupted":
        print(f"to continue: python -m optim --resume {folder}")
        raise KeyboardInterrupt


class OnTrainBegin(Callback):
    """Calls a function of the run when the training begins or resumes."""

    on_every_rank = False

    def __init__(self, function: Callable[[Run], None]):
        self.function = function

    def on_train_begin(self, run: Run) -> None:
        self.function(run)


def stored_options(settings: dict[str, Any]) -> Namespace:
    """The options in the settings of a run, checked by the parser of the command line."""
    return arguments.with_defaults(training_parser().parse_args(arguments.command_line_arguments(settings["options"])))


def load_data(options: Namespace) -> tuple[LabeledData, SplitData, np.random.Generator]:
    """The data, its split, and the generator that made the split and makes everything random after it."""
    rng = np.random.default_rng(options.seed)
    options.path = resolve_path(options.data, options.path)
    data = load(options.data, options.target, options.path, options.seed, options.header)
    return data, split_data(data, rng, options.dtype), rng


def run_settings(options: Namespace, data: LabeledData, splits: SplitData, sizes: list[int]) -> dict[str, Any]:
    """The content of settings.json, for using the weights and for resuming; inputs are scaled to (x − mean) / scale."""
    stored = {name: value for name, value in vars(options).items() if name not in ("output", "overwrite", "resume")}
    for name in ("data", "path"):
        if stored[name] is not None and Path(stored[name]).exists():
            stored[name] = str(Path(stored[name]).resolve())
    if stored["tensorboard"] is not None:
        stored["tensorboard"] = str(Path(stored["tensorboard"]).resolve())
    shared = {name: stored[name] for name in ("activation", "batch_norm", "dropout", "dtype", "seed")}
    scaling = {"mean": splits.mean.tolist(), "scale": splits.scale.tolist()}
    return {
        "layers": sizes,
        "shape": data.shape,
        **shared,
        "classes": data.classes,
        "features": data.features,
        **scaling,
        "options": stored,
    }


def report(scores: np.ndarray, labels: np.ndarray, classes: list[str], prefix: str = "") -> None:
    """Print the accuracy and the most frequent confusions."""
    predicted = scores.argmax(axis=1)
    print(f"{prefix}accuracy: {(predicted == labels).mean():.2%} ({(predicted == labels).sum()} of {len(labels)})")
    pairs, counts = np.unique(np.stack([labels, predicted])[:, predicted != labels], axis=1, return_counts=True)
    if counts.size:
        print("most confused:")
    for i in np.argsort(-counts, kind="stable")[:5]:
        label, prediction = pairs[:, i]
        print(f"  {classes[label]} taken for {classes[prediction]}: {counts[i]} of {(labels == label).sum()}")


def write_results(
    folder: Path, model: nn.Module, loss: nn.Module, history: History, train: Pair, metadata: dict[str, Any]
) -> list[str]:
    """Write model, history, curves and graph to the run folder; returns the names of the files."""
    names = list(run_folder.FILES)
    nn.save_model(model, folder / run_folder.MODEL, metadata)
    history.save(folder / run_folder.HISTORY)
    try:
        history.plot(folder / run_folder.CURVES)
    except ImportError as missing:
        print(f"{run_folder.CURVES} is not written: {missing}")
        names.remove(run_folder.CURVES)
    inputs, labels = (autograd.Tensor(array[:4], name=name) for array, name in zip(train, ("inputs", "labels")))
    with autograd.draw.watch():
        error = loss(model(inputs), labels)
    error.name = "loss"
    model.zero_grad()
    error.backward(retain_graph=True)
    graph = autograd.draw.draw(error, names=model.named_parameters())
    for name in run_folder.GRAPHS:
        graph.save(folder / name)
    return names


# Using a trained model


def evaluate_run(args: Namespace) -> None:
    """Print the accuracy of a run on its held-out examples or on other data."""
    options = stored_options(run_folder.read_settings(args.folder))
    run = load_run(args.folder)
    classes, features = run.classes, run.features
    if args.data is None:
        if args.header is not None:
            raise UsageError("--header is for another .csv file; give the file, or omit --header")
        options.path = args.path or options.path
        _, splits, _ = load_data(options)
        report(predict(run.model, splits.held_out[0]), splits.held_out[1], classes, "held-out ")
        return
    table = read_table(args.data, options.target, parse_header(args.data, args.header))
    unknown = next((name for name in table.classes if name not in classes), None)
    if unknown is not None:
        raise UsageError(f"{args.data}: unknown class {unknown!r}; the classes of this run are {', '.join(classes)}")
    inputs = order_columns(args.data, table, features)
    labels = np.array([classes.index(name) for name in table.classes])[table.labels]
    report(run.scores(inputs), labels, classes)


def order_columns(name: str, table: Table, features: list[str]) -> np.ndarray:
    """The inputs of a table in the column order of the run: by name if both have names, else unchanged."""
    if set(features) <= set(table.features):
        return table.inputs[:, [table.features.index(feature) for feature in features]]
    if len(table.features) != len(features):
        raise UsageError(f"{name}: {len(features)} columns besides the classes expected, got {len(table.features)}")
    if not all(feature.isdecimal() for feature in table.features) and not all(map(str.isdecimal, features)):
        missing = next(feature for feature in features if feature not in table.features)
        raise UsageError(f"{name}: there is no column {missing!r}; besides the classes there are {', '.join(table.features)}")
    return table.inputs


def predict_rows(args: Namespace) -> None:
    """Print the class of each row of a file and its probability."""
    if args.output is not None and not Path(args.output).parent.is_dir():
        raise UsageError(f"--output {args.output}: there is no folder {Path(args.output).parent}")
    stored_options(run_folder.read_settings(args.folder))
    run = load_run(args.folder)
    probabilities = run.probabilities(read_rows(args.file, run.features, parse_header(args.file, args.header)))
    best = probabilities.argmax(axis=1)
    rows = [(run.classes[i], f"{probability:.4f}") for i, probability in zip(best, probabilities.max(axis=1))]
    if args.output is None:
        csv.writer(sys.stdout, lineterminator="\n").writerows([("class", "probability"), *rows])
        return
    with atomic_files.atomic_write(args.output) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("class", "probability"), *rows])
    print(f"wrote {len(rows)} predictions to {args.output}")


if __name__ == "__main__":
    sys.exit(main())
