"""Exceptions, one type per kind of mistake; each message states the mistake and how to correct it."""


class ShapeError(ValueError):
    """Shapes that an operation cannot bring together, or a gradient that does not fit its tensor."""


class DataError(TypeError, ValueError):
    """Something that is not an array of numbers: ragged lists, strings, objects."""


class GraphError(RuntimeError):
    """A backward pass that the recorded graph cannot carry out: no graph, a freed graph, no scalar to start from."""


class InPlaceError(RuntimeError):
    """A tensor was changed in place although the backward pass still needs its old value."""


class UnsupportedError(TypeError):
    """A NumPy function, or one of its options, that has no gradient here."""


class AnomalyError(FloatingPointError):
    """The first value or gradient that is nan or infinite, found by `detect_anomaly`."""


class GradientError(AssertionError):
    """A gradient formula and finite differences disagree."""
