"""What a graph remembers of values that no formula needs: small ones whole, of others shape and dtype."""

from typing import Any

#: Values of up to this many elements stay in the graph, so that a picture can show them.
KEEP_LIMIT = 128


class ShapeDtype:
    """What stays known of an array that is not kept."""

    __slots__ = ("dtype", "shape")

    def __init__(self, array: Any):
        self.shape = array.shape
        self.dtype = array.dtype
