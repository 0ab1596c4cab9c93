"""The files of operators, one for each family; they fill the registry when a model is opened."""

import importlib

FAMILIES = (
    "activations",
    "attention",
    "casts",
    "control_flow",
    "convolutions",
    "elementwise",
    "generators",
    "images",
    "indexing",
    "logic",
    "losses",
    "matrices",
    "normalizations",
    "pooling",
    "quantization",
    "recurrent",
    "reductions",
    "regions",
    "resizing",
    "sampling",
    "sequences",
    "shapes",
    "spectra",
    "strings",
    "tabular",
    "training_steps",
    "trees",
)


def load_families() -> None:
    """Import all operators."""
    for family in FAMILIES:
        importlib.import_module(f"{__package__}.{family}")
