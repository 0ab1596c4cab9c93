"""Operators of strings, which are arrays of objects; results have no gradient."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, UnsupportedError
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array


def _as_strings(texts: list[str]) -> np.ndarray:
    out = np.empty(len(texts), object)
    out[:] = texts
    return out


@operator("StringConcat", since=20)
def concatenate_strings(x: Any, y: Any) -> Any:
    """StringConcat: the strings of two arrays joined, with broadcasting."""
    return np.asarray(np.add(as_array(x).astype(object), as_array(y).astype(object)), object)


@operator("StringNormalizer", since=10)
def normalize_strings(
    x: Any,
    *,
    case_change_action: str = "NONE",
    is_case_sensitive: int = 0,
    locale: str = "",
    stopwords: list[str] | None = None,
) -> Any:
    """StringNormalizer: words without the stop words, in lower or upper case; one empty word if none is left."""
    words = as_array(x)
    changes: dict[str, Callable[[str], str]] = {"NONE": str, "LOWER": str.lower, "UPPER": str.upper}
    if case_change_action not in changes:
        raise ValueError(f"StringNormalizer: case_change_action must be NONE, LOWER or UPPER, not {case_change_action!r}")
    if words.ndim not in (1, 2) or (words.ndim == 2 and words.shape[0] != 1):
        raise ShapeError(f"StringNormalizer: got an input of shape {words.shape}, expected (C,) or (1, C)")
    key: Callable[[str], str] = str if is_case_sensitive else str.lower
    stop = {key(word) for word in stopwords or ()}
    rest = [changes[case_change_action](word) for word in words.ravel() if key(word) not in stop]
    out = _as_strings(rest or [""])
    return out if words.ndim == 1 else out[None]


@operator("StringSplit", since=20)
def split_strings(x: Any, *, delimiter: str | None = None, maxsplit: int | None = None) -> Any:
    """StringSplit: the parts of each string, with empty strings up to the largest number of parts, and their number."""
    strings = as_array(x)
    limit = -1 if maxsplit is None else maxsplit
    parts = [text.split(delimiter or None, limit) for text in strings.ravel()]
    counts = np.array([len(words) for words in parts], np.int64)
    width = int(counts.max(initial=0))
    check_size((*strings.shape, width))
    out = _as_strings([word for words in parts for word in [*words, *[""] * (width - len(words))]])
    return out.reshape(*strings.shape, width), counts.reshape(strings.shape)


#: A group that is repeated without limit and contains a repetition or a choice: matching may take exponential time.
_REPEAT = re.compile(r"[*+]|\{\d*,\d*\}")


def _check_pattern(pattern: str) -> None:
    """Raise UnsupportedError for a pattern whose time may be exponential in Python's engine; RE2's is linear."""
    plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)  # escapes and classes are single characters
    starts, groups = [], []
    for position, character in enumerate(plain):
        if character == "(":
            starts.append(position)
        elif character == ")" and starts:
            groups.append((starts.pop(), position))
    for start, end in groups:
        inner = plain[start:end]
        if _REPEAT.match(plain, end + 1) and (_REPEAT.search(inner) or "|" in inner):
            raise UnsupportedError(
                f"RegexFullMatch: {pattern!r:.60} repeats a group that has a repetition or a choice, which may take forever"
            )
    if "(?P=" in pattern or re.search(r"\\[1-9]", pattern):
        raise UnsupportedError(f"RegexFullMatch: {pattern!r:.60} refers back to a group, which RE2 does not have")


@operator("RegexFullMatch", since=20)
def match_strings(x: Any, *, pattern: str | None = None) -> Any:
    """RegexFullMatch: whether the whole of each string matches a pattern."""
    strings = as_array(x)
    _check_pattern(pattern or "")
    try:
        compiled = re.compile(pattern or "")
    except re.error as error:
        raise DataError(f"RegexFullMatch: the pattern {pattern!r:.60} is invalid: {error}") from None
    return np.array([compiled.fullmatch(text) is not None for text in strings.ravel()], bool).reshape(strings.shape)


def _grams(pool: list[Any], starts: list[int], shortest: int, longest: int) -> dict[tuple, int]:
    """The number of each n-gram in the pool, which has all 1-grams first, then the 2-grams, …; the last of equal ones."""
    numbers, number = {}, 0
    for n, (start, end) in enumerate(zip(starts, [*starts[1:], len(pool)]), 1):
        for position in range(start, end - n + 1, n):
            if shortest <= n <= longest:
                numbers[tuple(pool[position : position + n])] = number
            number += 1
    return numbers


@operator("TfIdfVectorizer", since=9)
def count_ngrams(
    x: Any,
    *,
    max_gram_length: int,
    max_skip_count: int,
    min_gram_length: int,
    mode: str,
    ngram_counts: list[int],
    ngram_indexes: list[int],
    pool_int64s: list[int] | None = None,
    pool_strings: list[str] | None = None,
    weights: list[float] | None = None,
) -> Any:
    """TfIdfVectorizer: how often the n-grams of a pool occur in each row, with gaps of at most max_skip_count elements."""
    tokens = as_array(x)
    if mode not in ("TF", "IDF", "TFIDF") or tokens.ndim not in (1, 2) or min(ngram_indexes, default=-1) < 0:
        raise DataError(
            f"TfIdfVectorizer: got mode {mode!r} and shape {tokens.shape}, expected TF, IDF or TFIDF of (C,) or (N, C)"
        )
    grams = _grams(list(pool_strings or pool_int64s or ()), ngram_counts, min_gram_length, max_gram_length)
    rows = [tokens.tolist()] if tokens.ndim == 1 else tokens.tolist()
    shape = check_size((len(rows), max(ngram_indexes) + 1), 4)
    out = np.zeros(shape, np.float32)
    factors = np.ones(len(ngram_indexes), np.float32) if not weights else np.asarray(weights, np.float32)
    for row, words in zip(out, rows):
        counts: Counter = Counter()
        for n in range(min_gram_length, min(max_gram_length, len(ngram_counts)) + 1):
            for distance in range(1, min(max_skip_count, len(words)) + 2) if n > 1 else (1,):
                reach = distance * (n - 1)
                counts.update(tuple(words[i : i + reach + 1 : distance]) for i in range(len(words) - reach))
        for gram, number in grams.items():
            if count := counts.get(gram, 0):
                value = count if mode != "IDF" else 1
                row[ngram_indexes[number]] += value * (1 if mode == "TF" else factors[number])
    return out[0] if tokens.ndim == 1 else out
