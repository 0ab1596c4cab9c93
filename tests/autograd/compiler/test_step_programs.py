"""Random steps give the bits of the eager step, or run eagerly and say why."""

import pytest

from tests.autograd.compiler.step_programs import check, main, random_program


@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.slow) for first in range(50, 300, 50))])
def test_random_programs(first, capsys):
    assert main(50, first) == 0, capsys.readouterr().out


@pytest.mark.parametrize("seed", [2833, 3037, 3085, 3110, 3224, 3404, 3447, 3454])
def test_programs_that_were_wrong_once(seed):
    program = random_program(seed)
    assert check(program) == "same", program.notes
