"""The check of an exercise: it says whether the answer is right, and never fails.

In a notebook, an exercise is a question, a cell tagged "answer" for the reader, a cell tagged "check" that calls `check`, and a
cell tagged "solution", collapsed with its output, that assigns the same names as the answer.
"""

from typing import Any

import numpy as np

NOT_ANSWERED, RIGHT, WRONG = "not answered yet", "right", "not right"


def check(answer: Any, expected: Any, hint: str = "", *, rtol: float = 1e-2) -> None:
    """Print whether the answer of an exercise is right.

    answer:   the reader's value or function; `...`, None and a function without a body are not answered yet.
    expected: the right value, or a function of the answer that returns whether it is right.
    hint:     printed with a wrong answer.
    rtol:     relative tolerance of numbers.
    """
    if _is_empty(answer):
        print(NOT_ANSWERED)
        return
    try:
        right = expected(answer) if callable(expected) else _equal(answer, expected, rtol)
    except Exception as error:  # the answer is the reader's code
        hint, right = f"{type(error).__name__}: {error}", False
    print(RIGHT if right else f"{WRONG}: {hint}" if hint else WRONG)


def _is_empty(answer: Any) -> bool:
    if isinstance(answer, (list, tuple, set)):
        return not answer or any(_is_empty(item) for item in answer)
    code = getattr(answer, "__code__", None)
    return answer is None or answer is ... or (code is not None and code.co_code == _empty.__code__.co_code)


def _empty() -> None: ...


def _equal(answer: Any, expected: Any, rtol: float) -> bool:
    if isinstance(expected, (str, bool, set, frozenset, dict)):
        return type(answer) is type(expected) and answer == expected
    numbers, right = (np.asarray(value, float) for value in (_data(answer), expected))
    return numbers.shape == right.shape and np.allclose(numbers, right, rtol=rtol, atol=1e-9)


def _data(answer: Any) -> Any:
    """The array of a tensor, and anything else as it is; also inside a list or tuple."""
    if isinstance(answer, (list, tuple)):
        return [_data(item) for item in answer]
    return answer.data if hasattr(answer, "requires_grad") else answer
