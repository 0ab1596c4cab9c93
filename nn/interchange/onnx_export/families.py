"""The families of operators; their import fills the table."""

from nn.interchange.onnx_export import (  # noqa: F401
    activations,
    attention,
    convolution,
    diagonals,
    elementwise,
    finite_differences,
    indexing,
    losses,
    normalization,
    pooling,
    products,
    recurrence,
    reductions,
    resampling,
    shapes,
)
from nn.interchange.onnx_export.registry import CONVERTERS as CONVERTERS
