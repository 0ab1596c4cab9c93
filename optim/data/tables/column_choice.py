"""The encoder of a column: by its values, or by the choice of a person."""

import re
from collections import Counter

import numpy as np

from optim.data.tables.column import Column
from optim.data.tables.column_encoders import (
    MAX_CATEGORIES,
    BooleanEncoder,
    CategoryEncoder,
    ColumnEncoder,
    DateEncoder,
    NumberEncoder,
)
from optim.data.tables.column_types import Place, infer_kind, to_kind

#: Names of columns that number the rows: id, PassengerId, user_id, row, no, #.
IDENTIFIER = re.compile(r"(?i:id|index|idx|key|uuid|row|nr|no|number|#)|.*[a-z]I[dD]|.*[_ .-](?i:id|nr|no)")
UNNAMED = re.compile(r"|Unnamed: \d+|index|level_0|__index_level_0__")


def fit_column(column: Column, choice: str | None, place: Place, rows: np.ndarray | None = None) -> ColumnEncoder:
    """The encoder of a column, whose type is that of all rows; its statistics are those of `rows`.

    choice: "number", "category", "boolean", "date", "drop", or None to choose by the values.
    """
    if choice == "drop":
        return ColumnEncoder(column.name, "left out, as chosen")
    if column.gaps.all():
        return ColumnEncoder(column.name, "no values, left out")
    kind = choice or infer_kind(column, place)
    is_text = column.values.dtype == object
    whole = to_kind(column, kind, place, coerce=choice == "number" and is_text)
    column = whole if rows is None else whole.take(rows)
    if column.gaps.all():
        return ColumnEncoder(column.name, "no values in the training data, left out")
    reason = None if choice else reason_to_drop(column) or reason_to_drop(whole)  # only all rows are an index
    if reason:
        return ColumnEncoder(column.name, f"{reason}, left out")
    if kind == "number":
        return NumberEncoder.fit(column, coerce=choice == "number" and is_text)
    fitters = {"boolean": BooleanEncoder.fit, "category": CategoryEncoder.fit, "date": DateEncoder.fit}
    return fitters[kind](column)


def reason_to_drop(column: Column) -> str | None:
    """Why a column cannot help to predict; None if it can.

    >>> import numpy as np
    >>> from optim.data.tables.column import Column
    >>> from optim.data.tables.column_choice import reason_to_drop
    >>> [reason_to_drop(Column(name, "number", np.array([1, 2, 3]))) for name in ("PassengerId", "Unnamed: 0", "age")]
    ['all different', 'the index of the rows', None]
    """
    values = column.values[~column.gaps]
    has_gaps = len(values) < len(column.values)
    if column.kind == "category":
        counts = Counter(values)
        if len(counts) == 1 and not has_gaps:
            return f"constant ({values[0]!r:.40})"
        if len(counts) == len(values) > 1:
            return "all different"
        is_rare = len(counts) > MAX_CATEGORIES and max(counts.values()) == 1
        return "almost all different" if is_rare else None
    distinct = np.unique(values)
    if len(distinct) == 1:
        return "constant" if column.kind == "date" else f"constant ({values[0]:g})"
    if column.kind != "number" or has_gaps or len(distinct) < len(values) or (values != np.rint(values)).any():
        return None
    if UNNAMED.fullmatch(column.name) and (np.diff(values) == 1).all():
        return "the index of the rows"
    return "all different" if IDENTIFIER.fullmatch(column.name) else None
