"""Lazy imports from a stub."""

import sys

import pytest

from autograd.utils.lazy import lazy_attributes

STUB = """\
from math import pi as pi
from json import (
    dumps as to_json,
    loads as loads,
)
"""


@pytest.fixture
def attributes(tmp_path, monkeypatch):
    """`__getattr__`, `__dir__` and `__all__` of a package with this stub."""
    (tmp_path / "__init__.pyi").write_text(STUB)
    monkeypatch.setitem(sys.modules, "lazy_package", type(sys)("lazy_package"))
    return lazy_attributes("lazy_package", str(tmp_path / "__init__.py"))


def test_names_are_those_of_the_stub(attributes):
    _, names, public = attributes
    assert names() == public == ["pi", "to_json", "loads"]


def test_attribute_is_imported_once_and_stored_in_the_package(attributes):
    getattribute, _, _ = attributes
    assert getattribute("to_json")([1]) == "[1]"
    assert sys.modules["lazy_package"].to_json is getattribute("to_json")


def test_unknown_attribute_raises_with_a_suggestion(attributes):
    getattribute, _, _ = attributes
    with pytest.raises(AttributeError, match=r"module 'lazy_package' has no attribute 'cat'; write concatenate here"):
        getattribute("cat")
    with pytest.raises(AttributeError, match=r"has no attribute 'unknown'$"):
        getattribute("unknown")
