"""Encoders of one column each: number, category, boolean, date; fit to training data, applied to all data."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

import numpy as np

from autograd import DataError
from optim.data.tables.column import Column
from optim.data.tables.column_types import Place, to_kind

#: The largest number of categories that become columns of their own.
MAX_CATEGORIES = 100
Report = Callable[[str], Any]


@dataclass(frozen=True)
class ColumnEncoder:
    """A column that is left out, and the base of the encoders.

    name: of the column. note: its treatment, for people.
    """

    name: str
    note: str
    kind: ClassVar[str] = "drop"
    #: The other attributes and their types in a saved state.
    state_types: ClassVar[dict[str, type]] = {}

    @property
    def features(self) -> list[str]:
        """The names of the numbers that encode the column."""
        return []

    def apply(self, column: Column, place: Place, report: Report) -> np.ndarray:
        """The numbers (n, features) of the column's values; report: takes notes on values that are encoded as zeros."""
        return np.empty((len(column.values), 0))

    def state_dict(self) -> dict[str, Any]:
        """The kind and the attributes, as JSON has them."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True)
class NumberEncoder(ColumnEncoder):
    """(x − mean) / scale; a gap is `fill`, the median.

    coerce: whether text is a gap, instead of an error. decimal: the sign of text whose file does not show it.
    """

    mean: float
    scale: float
    fill: float
    coerce: bool = False
    decimal: str = ""
    kind: ClassVar[str] = "number"
    state_types: ClassVar[dict[str, type]] = {"mean": float, "scale": float, "fill": float, "coerce": bool, "decimal": str}

    @classmethod
    def fit(cls, column: Column, coerce: bool = False) -> "NumberEncoder":
        """The encoder of these numbers."""
        values = column.values[~column.gaps]
        fill = float(np.median(values))
        mean, scale = mean_and_scale(np.where(column.gaps, fill, column.values), column.name)
        return cls(column.name, f"number{_filled(column, 'median')}", mean, scale, fill, coerce, column.decimal)

    @property
    def features(self) -> list[str]:
        return [self.name]

    def apply(self, column: Column, place: Place, report: Report) -> np.ndarray:
        column = replace(column, decimal=column.decimal or self.decimal)
        values = to_kind(column, "number", place, self.coerce).values
        with np.errstate(over="ignore"):
            encoded = (np.where(np.isnan(values), self.fill, values) - self.mean) / self.scale
        if not np.isfinite(encoded).all():
            row = int(np.argmin(np.isfinite(encoded)))
            raise DataError(f"{place(row)}: {values[row]} is too large beside the training data, whose mean is {self.mean:g}")
        return encoded[:, None]


@dataclass(frozen=True)
class BooleanEncoder(ColumnEncoder):
    """1 for true, 0 for false; a gap is `fill`, the more frequent one."""

    fill: float
    kind: ClassVar[str] = "boolean"
    state_types: ClassVar[dict[str, type]] = {"fill": float}

    @classmethod
    def fit(cls, column: Column) -> "BooleanEncoder":
        """The encoder of these booleans."""
        fill = float(column.values[~column.gaps].mean() > 0.5)
        return cls(column.name, f"boolean{_filled(column, 'most frequent value')}", fill)

    @property
    def features(self) -> list[str]:
        return [self.name]

    def apply(self, column: Column, place: Place, report: Report) -> np.ndarray:
        values = to_kind(column, "boolean", place).values
        return np.where(np.isnan(values), self.fill, values)[:, None]


@dataclass(frozen=True)
class CategoryEncoder(ColumnEncoder):
    """One-hot: a 1 in the column of the category, else 0; zeros for other categories.

    has_gaps: whether gaps are a category of their own. is_bounded: whether the training data has more categories than these.
    """

    categories: list[str]
    has_gaps: bool
    is_bounded: bool
    kind: ClassVar[str] = "category"
    state_types: ClassVar[dict[str, type]] = {"categories": list, "has_gaps": bool, "is_bounded": bool}

    @classmethod
    def fit(cls, column: Column) -> "CategoryEncoder":
        """The encoder of these labels, of the most frequent ones if there are many."""
        counts = Counter(label for label in column.values if label is not None)
        gaps = int(column.gaps.sum())
        categories = sorted(counts)
        note = f"{plural(len(counts), 'category', 'categories')}, one-hot"
        is_bounded = len(counts) > MAX_CATEGORIES
        if is_bounded:
            frequent = sorted((label for label in counts if counts[label] > 1), key=lambda label: (-counts[label], label))
            categories = sorted(frequent[:MAX_CATEGORIES])
            note = f"{len(counts)} categories, the {len(categories)} most frequent one-hot, the others zeros"
        if gaps:
            note += f", {plural(gaps, 'gap')} as a category"
        return cls(column.name, note, categories, gaps > 0, is_bounded)

    @property
    def features(self) -> list[str]:
        return [f"{self.name}={category}" for category in self.categories] + [f"{self.name}=?"] * self.has_gaps

    def apply(self, column: Column, place: Place, report: Report) -> np.ndarray:
        labels = to_kind(column, "category", place).values
        index: dict[Any, int] = {label: i for i, label in enumerate(self.categories)}
        if self.has_gaps:
            index[None] = len(index)
        positions = np.array([index.get(label, -1) for label in labels], int)
        encoded = np.zeros((len(labels), len(index)))
        is_known = positions >= 0
        encoded[np.flatnonzero(is_known), positions[is_known]] = 1.0
        unknown = labels[~is_known]
        gaps = sum(label is None for label in unknown)
        names = sorted({label for label in unknown if label is not None})
        if names and not self.is_bounded:
            shown = ", ".join(f"{name!r:.40}" for name in names[:3]) + ", …" * (len(names) > 3)
            noun = "unknown category" if len(names) == 1 else f"{len(names)} unknown categories"
            report(f"{self.name}: {noun} {shown} in {plural(len(unknown) - gaps, 'row')}, encoded as zeros")
        if gaps:
            report(f"{self.name}: {plural(gaps, 'gap')}, encoded as zeros, because the training data has none")
        return encoded


@dataclass(frozen=True)
class DateEncoder(ColumnEncoder):
    """The parts of a date, each (x − mean) / scale; a gap is `fill`, the median, in seconds from 1970.

    parts: some of "time" (in days), "month", "day", "weekday", "hour". day_first: the order in 01/02/2024: "yes", "no" or "".
    """

    parts: list[str]
    mean: list[float]
    scale: list[float]
    fill: float
    day_first: str = ""
    kind: ClassVar[str] = "date"
    state_types: ClassVar[dict[str, type]] = {"parts": list, "mean": list, "scale": list, "fill": float, "day_first": str}

    @classmethod
    def fit(cls, column: Column) -> "DateEncoder":
        """The encoder of these dates, by the parts that differ among them."""
        seconds = np.sort(column.values[~column.gaps].astype("int64"))
        fill = float(seconds[len(seconds) // 2])  # one of the dates, so that no new hour arises
        parts = {part: values for part, values in date_parts(column.values, fill).items() if len(np.unique(values)) > 1}
        parts = parts or {"time": date_parts(column.values, fill)["time"]}
        moments = [mean_and_scale(values, column.name) for values in parts.values()]
        note = f"date, as {', '.join(parts)}{_filled(column, 'median')}"
        order = {None: "", True: "yes", False: "no"}[column.is_day_first]
        return cls(column.name, note, list(parts), [mean for mean, _ in moments], [scale for _, scale in moments], fill, order)

    @property
    def features(self) -> list[str]:
        return [f"{self.name}.{part}" for part in self.parts]

    def apply(self, column: Column, place: Place, report: Report) -> np.ndarray:
        column = replace(column, is_day_first={"yes": True, "no": False}.get(self.day_first))
        parts = date_parts(to_kind(column, "date", place).values, self.fill)
        return (np.stack([parts[part] for part in self.parts], axis=1) - self.mean) / self.scale


ENCODERS: dict[str, type[ColumnEncoder]] = {
    cls.kind: cls for cls in (ColumnEncoder, NumberEncoder, BooleanEncoder, CategoryEncoder, DateEncoder)
}


def date_parts(dates: np.ndarray, fill: float) -> dict[str, np.ndarray]:
    """Days since 1970, month, day, weekday (0 is Monday) and hour of dates; fill: seconds from 1970 for NaT.

    >>> import numpy as np
    >>> from optim.data.tables.column_encoders import date_parts
    >>> {part: values.tolist() for part, values in date_parts(np.array(["1970-02-03T12:00:00"], "datetime64[s]"), 0.0).items()}
    {'time': [33.5], 'month': [2.0], 'day': [3.0], 'weekday': [1.0], 'hour': [12.0]}
    """
    dates = np.where(np.isnat(dates), np.int64(fill).astype("datetime64[s]"), dates)
    days, months = dates.astype("datetime64[D]"), dates.astype("datetime64[M]")
    return {
        "time": dates.astype("int64") / 86_400,
        "month": (months.astype("int64") % 12 + 1).astype(float),
        "day": ((days - months).astype("int64") + 1).astype(float),
        "weekday": ((days.astype("int64") + 3) % 7).astype(float),
        "hour": (dates - days).astype("int64") / 3600,
    }


def mean_and_scale(values: np.ndarray, name: str) -> tuple[float, float]:
    """Mean and standard deviation, 1 instead of 0; raises DataError for numbers whose squares overflow."""
    low, high = values.min(), values.max()
    with np.errstate(over="ignore", invalid="ignore"):
        mean, scale = float(values.mean()), float(values.std())
    if not math.isfinite(scale) or not math.isfinite(mean):
        largest = high if high > -low else low
        raise DataError(f"column {name!r}: numbers such as {largest:g} are too large to square; scale them down")
    return (float(low), 1.0) if low == high else (mean, scale or 1.0)


def plural(number: int, noun: str, nouns: str | None = None) -> str:
    """A number with its noun.

    >>> from optim.data.tables.column_encoders import plural
    >>> plural(1, "gap"), plural(3, "gap"), plural(2, "category", "categories")
    ('1 gap', '3 gaps', '2 categories')
    """
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"


def _filled(column: Column, value: str) -> str:
    gaps = int(column.gaps.sum())
    return f", {plural(gaps, 'gap')} filled with the {value}" if gaps else ""
