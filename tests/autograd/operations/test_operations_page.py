"""OPERATIONS.md agrees with the code."""

import pytest

from tests.autograd.operations.write_operations_page import COMMAND, PAGE, VERSION, page


def test_page_equals_the_output_of_its_command():
    text = PAGE.read_text(encoding="utf-8")
    if f"NumPy {VERSION}," not in text:
        pytest.skip(f"the page lists the functions of another NumPy than {VERSION}")
    assert text == page(), f"{PAGE.name} is out of date: {COMMAND}"
