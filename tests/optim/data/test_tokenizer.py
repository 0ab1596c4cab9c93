"""The character tokenizer and its file."""

import json

import numpy as np
import pytest
from hypothesis import given, strategies as st

from autograd import DataError
from optim.data import CharTokenizer, DataFileError

TEXT = st.text(st.characters(), min_size=1)  # surrogates and null characters too


@given(text=TEXT, more=st.text())
def test_decoding_gives_the_text_back(text, more):
    tokenizer = CharTokenizer.fit(text + more)
    tokens = tokenizer.encode(text)
    assert tokens.dtype == np.int64
    assert tokens.tolist() == [tokenizer.characters.index(character) for character in text]
    assert tokenizer.decode(tokens) == text


@given(text=TEXT)
def test_a_saved_tokenizer_is_the_same_when_it_is_loaded(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("tokenizer") / "characters.json"
    tokenizer = CharTokenizer.fit(text)
    tokenizer.save(path)
    assert CharTokenizer.load(path) == tokenizer


def test_a_vocabulary_keeps_its_order():
    assert CharTokenizer("ba").encode("abba").tolist() == [1, 0, 0, 1]


def test_an_empty_text_has_no_tokens():
    tokenizer = CharTokenizer("ab")
    assert tokenizer.encode("").shape == (0,)
    assert tokenizer.decode([]) == ""


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: t.encode("abc"), r"unknown character 'c' \(U\+0063\) at position 2; the vocabulary has 2 characters"),
        (lambda t: t.encode("a\u00e9€é"), r"unknown character 'é' \(U\+00E9\) at position 1; also unknown: '€'"),
        (lambda t: t.encode(b"ab"), r"encode: a string expected, got b'ab'"),
        (lambda t: t.fit(["ba", "c"]), r"fit: a string expected, got \['ba', 'c'\]"),
        (lambda t: t.decode([0, 2]), "tokens from 0 to 1 expected, got 2 at position 1"),
        (lambda t: t.decode([-1]), "got -1 at position 0"),
        (lambda t: t.decode([[0], [1]]), r"integers \(n,\) expected, got int64 of shape \(2, 1\)"),
        (lambda t: t.decode([0.0]), "integers"),
        (lambda t: CharTokenizer(""), "one or more characters"),
        (lambda t: CharTokenizer("aba"), r"'a' \(U\+0061\) occurs twice"),
        (lambda t: CharTokenizer.fit(""), "one or more characters"),
    ],
)
def test_what_the_vocabulary_lacks_is_named(call, message):
    with pytest.raises(DataError, match=message):
        call(CharTokenizer("ab"))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"characters": "ab"}', b'{"format": "chainrule.characters"}', b"\xff\xfe", b"[" * 100_000]
    + [json.dumps({"format": "chainrule.characters", "characters": value}).encode() for value in ("", "aa", 3, ["a"])],
)
def test_damaged_files_are_refused(tmp_path, content):
    path = tmp_path / "characters.json"
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=r"^characters\.json: not a file of CharTokenizer\.save"):
        CharTokenizer.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataFileError, match=r"no_such\.json: there is no such file"):
        CharTokenizer.load(tmp_path / "no_such.json")
