"""OPERATIONS.md agrees with the code."""

import pytest

from tests.autograd.operations.write_operations_page import COMMAND, PAGE, VERSION, page


def test_the_page_is_what_its_command_writes():
    text = PAGE.read_text(encoding="utf-8")
    if f"NumPy {VERSION}," not in text:
        pytest.skip(f"the page lists the functions of another NumPy than {VERSION}")
    assert text == page(), f"{PAGE.name} is out of date: {COMMAND}"
