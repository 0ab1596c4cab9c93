"""Train on data from a shell: python -m optim

This program is outside the package proper: it builds its models with `nn`, which the rest of `optim` never imports.
"""

import csv
import re
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
from autograd import DataError
from autograd.extend import atomic_files, command_line
from optim import EMA, Callback, Checkpoint, EarlyStopping, History, Run, TensorBoard, TrainingError, fit, predict
from optim.cli import arguments, parse, run_folder
from optim.cli.datasets import ImageData, SplitData, TableData, TableOptions, load, resolve_path, split_data
from optim.cli.model import CHANNELS, make_model
from optim.cli.parse import UsageError
from optim.cli.raw_rows import read_rows
from optim.cli.report import draw_predictions, report
from optim.cli.tasks import class_names, decode, make_loss, make_metrics, probabilities
from optim.data import ClassTarget, DataFileError, DataLoader, NumberTarget, TableEncoder
from optim.integrations import TrainedRun, load_run

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
    expected = (UsageError, DataFileError, TrainingError, OSError, ValueError, RuntimeError)
    return command_line.run_command("optim", lambda: command(make_parser().parse_args(words)), expected)


def training_parser() -> command_line.Parser:
    """The parser of the options of a training."""
    return arguments.training_parser([name for name in nn.ACTIVATIONS if name != "glu"], list(nn.init.INITIALIZERS))


# Training


def train_run(args: Namespace) -> None:
    """Train, report and write the run folder; or resume the run in a folder."""
    resume = getattr(args, "resume", None)
    stored = stored_options(run_folder.read_settings(resume)) if resume else None
    options = arguments.resumed_options(args, stored) if stored else arguments.with_defaults(args)
    hidden, batching, clip = parse.hidden_sizes(options.hidden), parse.batching(options.batching), parse.clip(options.clip)
    early_stopping = EarlyStopping(options.patience)
    parse.penalty(options.penalty)
    data, splits, rng = load_data(options)
    encoder, target = splits.encoder, splits.target
    sizes = [len(encoder.features), *hidden, len(class_names(target))]
    model = make_model(sizes, options, data.shape, rng)
    loss = make_loss(target, splits.train[1], options.balanced)
    optimizer, penalty = parse.optimizer(options, model.parameters(), target.task)
    augment = parse.augmentation(options.augment, data.shape)
    # Batch normalization cannot train on a last batch of one example, which has no variance.
    drop_last = options.batch_norm and batching.size is not None and len(splits.train[0]) % batching.size == 1
    loader = DataLoader(splits.train, batching, transform=augment, drop_last=drop_last, rng=rng)
    schedule = parse.schedule(options.schedule, optimizer, options.epochs, len(loader))

    if data.note:
        print(data.note)
    if data.is_file:
        describe_columns(encoder, options.task)
    counts = [len(labels) for _, labels in (splits.train, splits.validation, splits.held_out)]
    print(f"{data.name}: {counts[0]} examples to train, {counts[1]} to validate, {counts[2]} held out")
    extra = ", batch norm" * options.batch_norm + f", dropout {options.dropout:g}" * bool(options.dropout)
    count = sum(parameter.size for parameter in model.parameters())
    layers = sizes if options.model == "mlp" else [" × ".join(map(str, data.shape or ())), *CHANNELS, *sizes[1:]]
    print(f"model: {' → '.join(map(str, layers))}, {options.activation}{extra}, {count} parameters")

    folder = run_folder.create(options.output, data.name, options.force) if resume is None else Path(resume)
    settings = run_settings(options, data, splits, sizes)
    callbacks: list[Callback] = []
    if options.tensorboard is not None:  # first, because it refuses a folder that has another run
        begins_again = resume is not None and not options.checkpoint_every
        callbacks.append(TensorBoard(options.tensorboard, overwrite=options.force or begins_again))
    callbacks.append(OnTrainBegin(lambda: run_folder.write_settings(folder, settings)))
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
        metrics=make_metrics(target),
        schedule=schedule,
        average=None if options.ema is None else EMA(model.parameters(), options.ema),
        early_stopping=early_stopping,
        callbacks=callbacks,
        record=["gradient_norms", "update_ratios"] if options.record else (),
        resume=bool(resume and options.checkpoint_every),
        **clip,
        **penalty,
    )
    if len(history):
        reason = history.stopped or "all epochs done"
        seconds = time.perf_counter() - started
        print(f"trained {len(history)} epochs in {seconds:.1f} s ({reason}); the best parameters were kept")
        scores = predict(model, splits.held_out[0])
        report(target, scores, splits.held_out[1], "held-out ")
        names = write_results(folder, model, loss, history, splits.train, {"table": settings["table"]})
        names += write_predictions(folder, target, scores, splits.held_out[1])
        print(f"wrote {', '.join(names)} to {folder}")
    if history.stopped == "interrupted":
        print(f"to continue: python -m optim --resume {folder}")
        raise KeyboardInterrupt


def describe_columns(encoder: TableEncoder, task: str) -> None:
    """Print the treatment of each column, and the task with the way to change it."""
    print("columns:", *encoder.notes, sep="\n  ")
    target = encoder.target
    is_number = isinstance(target, NumberTarget) or (isinstance(target, ClassTarget) and not isinstance(target.classes[0], str))
    if target is not None and target.task != "multilabel" and task == "auto" and is_number:
        other = ("classification", "classes") if target.task == "regression" else ("regression", "numbers")
        print(f"task: {target.task}, chosen by the values of {target.names[0]}; --task {other[0]} predicts {other[1]}")


class OnTrainBegin(Callback):
    """Calls a function when the training begins or resumes."""

    def __init__(self, function: Callable[[], None]):
        self.function = function

    def on_train_begin(self, run: Run) -> None:
        self.function()


def stored_options(settings: dict[str, Any]) -> Namespace:
    """The options in the settings of a run, checked by the parser of the command line."""
    return arguments.with_defaults(training_parser().parse_args(arguments.command_line_arguments(settings["options"])))


def load_data(options: Namespace) -> tuple[TableData | ImageData, SplitData, np.random.Generator]:
    """The data, its split, and the generator that made the split and makes everything random after it."""
    rng = np.random.default_rng(options.seed)
    options.path = resolve_path(options.data, options.path)
    columns = parse.column_types(options.column)
    table_options = TableOptions(options.target or (), options.task, options.drop or (), columns, options.header)
    try:
        data = load(options.data, options.path, options.seed, table_options)
        return data, split_data(data, rng, options.dtype), rng
    except DataError as error:  # its advice is for Python
        advice = re.sub(r"columns=\{'(.*)': '(\w+)'\}", r"--column '\1=\2'", str(error))
        if len(options.target or ()) > 1 and options.task == "auto":
            advice += "; several targets are labels, yes or no, unless --task regression predicts numbers"
        raise UsageError(advice) from None


def run_settings(options: Namespace, data: TableData | ImageData, splits: SplitData, sizes: list[int]) -> dict[str, Any]:
    """The content of settings.json, for using the weights and for resuming."""
    stored = {name: value for name, value in vars(options).items() if name not in ("output", "force", "resume")}
    for name in ("data", "path"):
        if stored[name] is not None and Path(stored[name]).exists():
            stored[name] = str(Path(stored[name]).resolve())
    if stored["tensorboard"] is not None:
        stored["tensorboard"] = str(Path(stored["tensorboard"]).resolve())
    shared = {name: stored[name] for name in ("activation", "batch_norm", "dropout", "dtype", "seed")}
    return {"layers": sizes, "shape": data.shape, **shared, "table": splits.encoder.state_dict(), "options": stored}


def write_results(
    folder: Path, model: nn.Module, loss: nn.Module, history: History, train: Pair, metadata: dict[str, Any]
) -> list[str]:
    """Write model, history, curves and graph to the run folder; returns the names of the files."""
    names = [name for name in run_folder.FILES if name != run_folder.PREDICTIONS]
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


def write_predictions(folder: Path, target: Any, scores: np.ndarray, labels: np.ndarray) -> list[str]:
    """Draw the predictions of a regression; returns the names of the files."""
    if isinstance(target, NumberTarget):
        with suppress(ImportError):  # `write_results` has printed that matplotlib is missing
            draw_predictions(target, scores, labels, folder / run_folder.PREDICTIONS)
            return [run_folder.PREDICTIONS]
    return []


# Using a trained model


def evaluate_run(args: Namespace) -> None:
    """Print how well a run predicts its held-out examples or other data."""
    options = stored_options(run_folder.read_settings(args.folder))
    run = load_run(args.folder)
    if args.data is None:
        if args.header is not None:
            raise UsageError("--header is for another .csv file; give the file, or omit --header")
        options.path = args.path or options.path
        _, splits, _ = load_data(options)
        report(run.target, predict(run.model, splits.held_out[0]), splits.held_out[1], "held-out ")
        return
    table = read_rows(args.data, args.header, run.encoder)
    report(run.target, run.scores(table, _print_note), run.encoder.targets(table))


def _print_note(note: str) -> None:
    """Print a note beside the output, which may be redirected to a file."""
    print(note, file=sys.stderr)


def predict_rows(args: Namespace) -> None:
    """Print the predictions for the rows of a file."""
    if args.output is not None and not Path(args.output).parent.is_dir():
        raise UsageError(f"--output {args.output}: there is no folder {Path(args.output).parent}")
    stored_options(run_folder.read_settings(args.folder))
    run = load_run(args.folder)
    header, rows = predictions(run, read_rows(args.file, args.header, run.encoder), args.probabilities)
    if args.output is None:
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *rows])
        return
    with atomic_files.atomic_write(args.output) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    print(f"wrote {len(rows)} predictions to {args.output}")


def predictions(run: TrainedRun, table: Any, has_probabilities: bool) -> tuple[list[str], list[list[Any]]]:
    """The header and the rows: class and probability, numbers, or 0 and 1 for each label; then all probabilities."""
    scores = run.scores(table, _print_note)
    decoded = decode(run.target, scores)
    if run.target.task == "regression":
        if has_probabilities:
            raise UsageError("--probabilities: the run predicts numbers, which have none")
        return run.classes, [[f"{number:.6g}" for number in row] for row in decoded.reshape(len(scores), -1).tolist()]
    shares = probabilities(run.target, scores)
    if run.target.task == "classification":
        header, rows = ["class", "probability"], [[name, f"{p:.4f}"] for name, p in zip(decoded, shares.max(axis=1))]
    else:
        header, rows = run.classes, decoded.tolist()
    if has_probabilities:
        header = header + [f"P({name})" for name in run.classes]
        rows = [row + [f"{p:.4f}" for p in row_shares] for row, row_shares in zip(rows, shares)]
    return header, rows


if __name__ == "__main__":
    sys.exit(main())
