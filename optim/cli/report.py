"""Print how well a run predicts, and draw predicted against true numbers."""

from importlib import import_module
from io import BytesIO
from pathlib import Path

import numpy as np

from autograd.extend import atomic_files
from nn.metrics import mean_absolute_error, r2_score, roc_auc, root_mean_squared_error
from optim.cli.tasks import class_names
from optim.data import NumberTarget, Target

MOST_CONFUSED = 5


def report(target: Target, scores: np.ndarray, labels: np.ndarray, prefix: str = "") -> None:
    """Print the figures of the task.

    scores: outputs of the model. labels: encoded targets. prefix: "held-out " or nothing.
    """
    if isinstance(target, NumberTarget):
        _report_numbers(target, scores, labels, prefix)
    elif target.task == "multilabel":
        _report_labels(target, scores, labels, prefix)
    else:
        _report_classes(target, scores, labels, prefix)


def _report_classes(target: Target, scores: np.ndarray, labels: np.ndarray, prefix: str) -> None:
    """The accuracy, the area under the ROC curve of two classes, and the most frequent confusions."""
    predicted, classes = scores.argmax(axis=1), class_names(target)
    print(f"{prefix}accuracy: {(predicted == labels).mean():.2%} ({(predicted == labels).sum()} of {len(labels)})")
    if len(classes) == 2 and len(np.unique(labels)) == 2:
        print(f"{prefix}AUC: {roc_auc(scores, labels):.4f}")
    pairs, counts = np.unique(np.stack([labels, predicted])[:, predicted != labels], axis=1, return_counts=True)
    if counts.size:
        print("most confused:")
    for i in np.argsort(-counts, kind="stable")[:MOST_CONFUSED]:
        label, prediction = pairs[:, i]
        print(f"  {classes[label]} taken for {classes[prediction]}: {counts[i]} of {(labels == label).sum()}")


def _report_labels(target: Target, scores: np.ndarray, labels: np.ndarray, prefix: str) -> None:
    """The share of examples with all labels correct, and accuracy and area of each label."""
    is_correct = (scores > 0) == (labels > 0)
    rows = is_correct.all(axis=1)
    print(f"{prefix}accuracy of all labels together: {rows.mean():.2%} ({rows.sum()} of {len(rows)})")
    for i, name in enumerate(target.names):
        has_both = len(np.unique(labels[:, i])) == 2
        area = f", AUC {roc_auc(scores[:, i], labels[:, i]):.4f}" if has_both else ""
        print(f"  {name}: accuracy {is_correct[:, i].mean():.2%}{area}, {int(labels[:, i].sum())} of {len(rows)} have it")


def _report_numbers(target: NumberTarget, scores: np.ndarray, labels: np.ndarray, prefix: str) -> None:
    """R², RMSE and MAE of each target in its unit."""
    predicted, true = target.undo(scores), target.undo(labels)
    for i, name in enumerate(target.names):
        x, t = predicted[:, i], true[:, i]
        r2 = f"R² {r2_score(x, t):.4f}, " if len(t) > 1 else ""
        errors = f"RMSE {root_mean_squared_error(x, t):.4g}, MAE {mean_absolute_error(x, t):.4g}"
        print(f"{prefix}{name}: {r2}{errors} ({len(t)} examples)")


def draw_predictions(target: NumberTarget, scores: np.ndarray, labels: np.ndarray, path: Path) -> None:
    """Save a picture of predicted against true numbers, a panel for each target (needs matplotlib)."""
    plots = import_module("autograd.draw.plots")
    predicted, true = target.undo(scores), target.undo(labels)
    count = len(target.names)
    figure, grid = plots.subplots(1, count, width=4.4 * count, height=4.4)
    for i, (name, axes) in enumerate(zip(target.names, np.ravel(grid))):
        x, t = true[:, i], predicted[:, i]
        plots.style(axes, f"{name}, true", f"{name}, predicted")
        low, high = min(x.min(), t.min()), max(x.max(), t.max())
        margin = 0.04 * (high - low) or 1.0
        ends = (low - margin, high + margin)
        axes.plot(ends, ends, color="0.6", linewidth=1, linestyle="--", zorder=1)
        axes.scatter(x, t, s=14, alpha=0.6, linewidth=0, zorder=2)
        axes.set(xlim=ends, ylim=ends, aspect="equal")
    content = BytesIO()
    figure.savefig(content, format="png", dpi=150)
    atomic_files.write_bytes(path, content.getvalue())
