"""The files of operators, one for each family; they fill the registry when a model is opened."""

import importlib

FAMILIES = (
    "activations",
    "casts",
    "elementwise",
    "generators",
    "indexing",
    "logic",
    "matrices",
    "reductions",
    "shapes",
)


def load_families() -> None:
    """Import all operators."""
    for family in FAMILIES:
        importlib.import_module(f"{__package__}.{family}")
