"""The page of operations says what the code does."""

import pytest

from tests.autograd.operations.write_operations_page import COMMAND, PAGE, VERSION, page


def test_the_page_is_what_its_command_writes():
    written = PAGE.read_text(encoding="utf-8")
    if f"NumPy {VERSION}," not in written:
        pytest.skip(f"the page lists the functions of another NumPy than {VERSION}")
    assert written == page(), f"{PAGE.name} is out of date: {COMMAND}"
