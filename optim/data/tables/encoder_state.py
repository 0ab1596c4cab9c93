"""Open the saved state of a TableEncoder: plain values of the expected types, or a DataError."""

import math
from typing import Any

from autograd import DataError
from optim.data.tables.column_encoders import ENCODERS, ColumnEncoder
from optim.data.tables.targets import ClassTarget, MultilabelTarget, NumberTarget, Target


def names_of_state(state: Any) -> list[str]:
    """The names of the columns."""
    names = _field(state, "names", list)
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise _wrong("names", names)
    return names


def encoders_of_state(state: Any) -> list[ColumnEncoder]:
    """The encoders of the columns."""
    encoders = [_encoder(item) for item in _field(state, "encoders", list)]
    names = [encoder.name for encoder in encoders]
    if not set(names) <= set(names_of_state(state)) or len(set(names)) < len(names):
        raise _wrong("encoders", names)
    if not any(encoder.features for encoder in encoders):
        raise _wrong("encoders", "no feature")
    return encoders


def target_of_state(state: Any) -> Target | None:
    """The targets, None if there are none."""
    if isinstance(state, dict) and state.get("target", 0) is None:
        return None
    item = _field(state, "target", dict)
    names, note = _field(item, "names", list), _field(item, "note", str)
    if not names or not all(isinstance(name, str) for name in names) or not set(names) <= set(names_of_state(state)):
        raise _wrong("names", names)
    task = item.get("task")
    if task == "multilabel":
        return MultilabelTarget(names, note)
    if task == "regression":
        mean, scale = (_numbers(item, name, len(names)) for name in ("mean", "scale"))
        return NumberTarget(names, note, mean, _positive(scale))
    if task != "classification":
        raise _wrong("task", task)
    classes = _field(item, "classes", list)
    if len(names) != 1 or len(classes) < 2 or len({type(label) for label in classes}) > 1:
        raise _wrong("classes", classes)
    if not isinstance(classes[0], str | int | float) or len(set(classes)) < len(classes):
        raise _wrong("classes", classes)
    return ClassTarget(names, note, classes)


def _encoder(item: Any) -> ColumnEncoder:
    kind = item.get("kind") if isinstance(item, dict) else None
    if not isinstance(kind, str) or kind not in ENCODERS:
        raise _wrong("kind", kind)
    cls = ENCODERS[kind]
    item = {"decimal": "", "day_first": ""} | item  # states of earlier versions have neither
    values = {name: _field(item, name, expected) for name, expected in ({"name": str, "note": str} | cls.state_types).items()}
    for name, allowed in (("decimal", ("", ".", ",")), ("day_first", ("", "yes", "no"))):
        if item[name] not in allowed:
            raise _wrong(name, item[name])
    if kind == "number":
        _positive([values["scale"]])
    elif kind == "category":
        categories = values["categories"]
        if not all(isinstance(label, str) for label in categories) or len(set(categories)) < len(categories):
            raise _wrong("categories", categories)
    elif kind == "date":
        parts = values["parts"]
        known = ("time", "month", "day", "weekday", "hour")
        if not parts or not all(isinstance(part, str) and part in known for part in parts):
            raise _wrong("parts", parts)
        _numbers(item, "mean", len(parts))
        _positive(_numbers(item, "scale", len(parts)))
        if abs(values["fill"]) > 1e12:
            raise _wrong("fill", values["fill"])
    return cls(**values)


def _field(item: Any, name: str, expected: type) -> Any:
    """A value of the expected type; an integer stands for a float, too."""
    value = item.get(name) if isinstance(item, dict) else None
    if expected is float and type(value) is int and abs(value) < 2**63:
        value = float(value)
    if type(value) is not expected or (isinstance(value, float) and not math.isfinite(value)):
        raise _wrong(name, value)
    return value


def _numbers(item: Any, name: str, count: int) -> list[float]:
    values = _field(item, name, list)
    if len(values) != count:
        raise _wrong(name, values)
    return [_field({name: value}, name, float) for value in values]


def _positive(values: list[float]) -> list[float]:
    if not all(value > 0 for value in values):
        raise _wrong("scale", values)
    return values


def _wrong(name: str, value: Any) -> DataError:
    return DataError(f"not the state of a TableEncoder ({name} is {value!r:.60})")
