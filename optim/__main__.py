"""Train a classifier from a shell: python -m optim

This program stands outside the package: it builds its models with `nn`, which `optim` itself never imports.
"""

import csv
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
from autograd.extend import atomic_files, command_line
from optim import EMA, Callback, Checkpoint, EarlyStopping, History, Run, TrainingError, accuracy, fit, predict
from optim.cli import arguments, parse, run_folder
from optim.cli.datasets import Parts, Problem, divide, known_path, load
from optim.cli.parse import UsageError
from optim.cli.prediction_rows import read_rows
from optim.data import DataFileError, DataLoader, StandardScaler, Table, read_table

Pair = tuple[np.ndarray, np.ndarray]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    command_line.allow_any_character()
    given = list(sys.argv[1:] if argv is None else argv)
    commands: dict[str, tuple[Callable[[], command_line.Parser], Callable[[Namespace], None]]] = {
        "evaluate": (arguments.evaluating, evaluate_run),
        "predict": (arguments.predicting, predict_rows),
    }
    parser, command = commands.get(given[0] if given else "", (parser_of_training, train_run))
    parsed = parser().parse_args(given[1:] if command is not train_run else given)
    expected = (UsageError, DataFileError, TrainingError, OSError, ValueError, RuntimeError)
    return command_line.run_command("optim", lambda: command(parsed), expected)


def parser_of_training() -> command_line.Parser:
    """The options of a training."""
    return arguments.training([name for name in nn.ACTIVATIONS if name != "glu"], list(nn.init.INITIALIZERS))


# Training


def train_run(given: Namespace) -> None:
    """Train, report and write the run folder; or go on where a run was stopped."""
    resumed = getattr(given, "resume", None)
    before = options_of(run_folder.read_settings(resumed)) if resumed else None
    chosen = arguments.resumed(given, before) if before else arguments.complete(given)
    layers, batching, clip = parse.sizes(chosen.hidden), parse.batching(chosen.batching), parse.clip(chosen.clip)
    stopping = EarlyStopping(chosen.patience)
    parse.penalty(chosen.penalty)
    problem, parts, rng = data_of(chosen)
    layers = [problem.inputs.shape[1], *layers, len(problem.classes)]
    model = made(layers, chosen, rng)
    loss = nn.CrossEntropyLoss()
    optimizer, penalty = parse.optimizer(chosen, model.parameters())
    augment = parse.augmentation(chosen.augment, problem.shape)
    alone = chosen.batch_norm and batching.size is not None and len(parts.train[0]) % batching.size == 1
    loader = DataLoader(parts.train, batching, transform=augment, drop_last=alone, rng=rng)  # one example has no variance
    schedule = parse.schedule(chosen.schedule, optimizer, chosen.epochs, len(loader))

    if problem.note:
        print(problem.note)
    counts = [len(part[0]) for part in (parts.train, parts.validation, parts.held_out)]
    print(f"{problem.name}: {counts[0]} examples to train, {counts[1]} to validate, {counts[2]} held out")
    extra = ", batch norm" * chosen.batch_norm + f", dropout {chosen.dropout:g}" * bool(chosen.dropout)
    count = sum(parameter.size for parameter in model.parameters())
    print(f"model: {' → '.join(map(str, layers))}, {chosen.activation}{extra}, {count} parameters")

    place = run_folder.create(chosen.output, problem.name) if resumed is None else Path(resumed)
    settings = settings_of(chosen, problem, parts, layers)
    callbacks: list[Callback] = [Begun(lambda: run_folder.write_settings(place, settings))]
    if chosen.checkpoint_every:
        callbacks.append(Checkpoint(place / run_folder.CHECKPOINTS, chosen.checkpoint_every))
    started = time.perf_counter()
    history = fit(
        model,
        loss,
        loader,
        optimizer=optimizer,
        epochs=chosen.epochs,
        validation=parts.validation,
        metrics={"accuracy": accuracy},
        schedule=schedule,
        average=None if chosen.ema is None else EMA(model.parameters(), chosen.ema),
        early_stopping=stopping,
        callbacks=callbacks,
        record=["gradient_norms", "update_ratios"] if chosen.record else (),
        resume=bool(resumed and chosen.checkpoint_every),
        **clip,
        **penalty,
    )
    if len(history):
        why = history.stopped or "all epochs done"
        seconds = time.perf_counter() - started
        print(f"trained {len(history)} epochs in {seconds:.1f} s ({why}); the best parameters were kept")
        report(predict(model, parts.held_out[0]), parts.held_out[1], problem.classes, "held-out ")
        written = write(place, model, loss, history, parts.train)
        print(f"wrote {', '.join(written)} to {place}")
    if history.stopped == "interrupted":
        print(f"to go on: python -m optim --resume {place}")
        raise KeyboardInterrupt


class Begun(Callback):
    """Calls a function once the training is known to begin, or to go on."""

    def __init__(self, function: Callable[[], None]):
        self.function = function

    def on_train_begin(self, run: Run) -> None:
        self.function()


def options_of(settings: dict[str, Any]) -> Namespace:
    """The options of a run."""
    return arguments.complete(parser_of_training().parse_args(arguments.arguments(settings["options"])))


def data_of(chosen: Namespace) -> tuple[Problem, Parts, np.random.Generator]:
    """The data that options choose, divided; and the generator that divided it, for all that is random later."""
    rng = np.random.default_rng(chosen.seed)
    chosen.path = known_path(chosen.data, chosen.path)
    problem = load(chosen.data, chosen.target, chosen.path, chosen.seed)
    return problem, divide(problem, rng, chosen.dtype), rng


def made(layers: list[int], chosen: Namespace, rng: np.random.Generator | None = None) -> nn.Module:
    """The model that options choose."""
    how = {name: getattr(chosen, name) for name in ("activation", "batch_norm", "dropout", "init")}
    return nn.MLP(layers, **how, rng=rng).astype(chosen.dtype)


def settings_of(chosen: Namespace, problem: Problem, parts: Parts, layers: list[int]) -> dict[str, Any]:
    """What using the weights, and going on with the run, needs: inputs were (x − mean) / scale."""
    kept = {name: value for name, value in vars(chosen).items() if name not in ("output", "resume")}
    for name in ("data", "path"):
        if kept[name] is not None and Path(kept[name]).exists():
            kept[name] = str(Path(kept[name]).resolve())
    shared = {name: kept[name] for name in ("activation", "batch_norm", "dropout", "dtype", "seed")}
    scaling = {"mean": parts.mean.tolist(), "scale": parts.scale.tolist()}
    return {"layers": layers, **shared, "classes": problem.classes, "features": problem.features, **scaling, "options": kept}


def report(scores: np.ndarray, labels: np.ndarray, classes: list[str], what: str = "") -> None:
    """Print what the model does on examples it never saw."""
    guesses = scores.argmax(axis=1)
    print(f"{what}accuracy: {(guesses == labels).mean():.2%} ({(guesses == labels).sum()} of {len(labels)})")
    pairs, counts = np.unique(np.stack([labels, guesses])[:, guesses != labels], axis=1, return_counts=True)
    if counts.size:
        print("most confused:")
    for i in np.argsort(-counts, kind="stable")[:5]:
        true, guessed = pairs[:, i]
        print(f"  {classes[true]} taken for {classes[guessed]}: {counts[i]} of {(labels == true).sum()}")


def write(place: Path, model: nn.Module, loss: nn.Module, history: History, train: Pair) -> list[str]:
    """Fill the run folder; returns the names of the files."""
    written = [run_folder.WEIGHTS, run_folder.SETTINGS, "history.csv", "curves.png", "graph.svg", "graph.dot"]
    atomic_files.save_arrays(place / run_folder.WEIGHTS, model.state_dict())
    history.save(place / "history.csv")
    try:
        history.plot(place / "curves.png")
    except ImportError as missing:
        print(f"curves.png is not written: {missing}")
        written.remove("curves.png")
    inputs, labels = (autograd.Tensor(part[:4], name=name) for part, name in zip(train, ("inputs", "labels")))
    error = loss(model(inputs), labels)
    error.name = "loss"
    model.zero_grad()
    error.backward(retain_graph=True)
    graph = autograd.draw.draw(error, names=model.named_parameters())
    graph.save(place / "graph.svg")
    graph.save(place / "graph.dot")
    return written


# Using what was learned


def learned(place: str) -> tuple[nn.Module, dict[str, Any], Namespace]:
    """The model of a run with its best weights, and the run's settings and options."""
    settings = run_folder.read_settings(place)
    chosen = options_of(settings)
    model = made([len(settings["features"]), *parse.sizes(chosen.hidden), len(settings["classes"])], chosen)
    model.load_state_dict(nn.load(run_folder.weights_of(place)))
    return model, settings, chosen


def evaluate_run(given: Namespace) -> None:
    """Measure what a run has learned."""
    model, settings, chosen = learned(given.folder)
    classes, features = settings["classes"], settings["features"]
    if given.data is None:
        chosen.path = given.path or chosen.path
        parts = data_of(chosen)[1]
        report(predict(model, parts.held_out[0]), parts.held_out[1], classes, "held-out ")
        return
    table = read_table(given.data, chosen.target)
    unknown = next((name for name in table.classes if name not in classes), None)
    if unknown is not None:
        raise UsageError(f"{given.data}: {unknown!r} is no class of this run; it learned {', '.join(classes)}")
    inputs = in_order(given.data, table, features)
    labels = np.array([classes.index(name) for name in table.classes])[table.labels]
    report(scores_of(model, settings, inputs), labels, classes)


def in_order(name: str, table: Table, features: list[str]) -> np.ndarray:
    """The inputs of a table with its columns as the run learned them: by name where both have names, else as they are."""
    if set(features) <= set(table.features):
        return table.inputs[:, [table.features.index(feature) for feature in features]]
    if len(table.features) != len(features):
        raise UsageError(f"{name}: {len(table.features)} columns beside the classes, the run has {len(features)}")
    if not all(feature.isdecimal() for feature in table.features) and not all(map(str.isdecimal, features)):
        missing = next(feature for feature in features if feature not in table.features)
        raise UsageError(f"{name}: there is no column {missing!r}; beside the classes there are {', '.join(table.features)}")
    return table.inputs


def predict_rows(given: Namespace) -> None:
    """Print the class of each row of a file, and its probability."""
    if given.output is not None and not Path(given.output).parent.is_dir():
        raise UsageError(f"--output {given.output}: there is no folder {Path(given.output).parent}")
    model, settings, _ = learned(given.folder)
    scores = scores_of(model, settings, read_rows(given.file, settings["features"]))
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    best = shares.argmax(axis=1)
    rows = [(settings["classes"][i], f"{share:.4f}") for i, share in zip(best, shares.max(axis=1))]
    if given.output is None:
        csv.writer(sys.stdout, lineterminator="\n").writerows([("class", "probability"), *rows])
        return
    with atomic_files.atomic_write(given.output) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("class", "probability"), *rows])
    print(f"wrote {len(rows)} predictions to {given.output}")


def scores_of(model: nn.Module, settings: dict[str, Any], inputs: np.ndarray) -> np.ndarray:
    """The scores of a run's model for inputs as they are in a file."""
    scaler = StandardScaler(np.array(settings["mean"]), np.array(settings["scale"]))
    return predict(model, scaler.apply(inputs))


if __name__ == "__main__":
    sys.exit(main())
