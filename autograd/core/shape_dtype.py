"""Values that no formula needs: a graph keeps the small ones, and only the shape and dtype of the others."""

from typing import Any

#: A graph keeps values of up to this many elements, for pictures.
KEEP_LIMIT = 128


class ShapeDtype:
    """The shape and dtype of an array that is not kept."""

    __slots__ = ("dtype", "shape")

    def __init__(self, array: Any):
        self.shape = array.shape
        self.dtype = array.dtype
