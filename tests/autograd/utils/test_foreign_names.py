"""Error messages for names of other libraries."""

import pytest

from autograd.utils.foreign_names import SUGGESTIONS, suggest, suggest_names


@suggest_names
def reduce(axis=None, callback=None):
    if callback:
        callback(dim=0)
    return axis


def test_calls_with_known_keywords_are_unchanged():
    assert reduce(axis=1) == 1
    assert reduce.__name__ == "reduce"


def test_error_for_a_keyword_of_another_library_states_ours():
    with pytest.raises(TypeError, match=r"reduce\(\) got an unexpected keyword argument 'dim'; write axis here"):
        reduce(dim=0)


def test_error_for_any_other_keyword_is_unchanged():
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'unknown'$"):
        reduce(unknown=0)


def test_error_of_a_call_inside_the_function_is_unchanged():
    def callback():
        pass

    with pytest.raises(TypeError, match=r"callback\(\) got an unexpected keyword argument 'dim'$"):
        reduce(callback=callback)


def test_no_suggestion_is_itself_a_foreign_name():
    assert not [name for name, ours in SUGGESTIONS.items() if suggest(ours) and name != ours]
