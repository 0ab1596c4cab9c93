"""Random steps give the bits of the eager step, or run eagerly and say why."""

import pytest

from tests.autograd.compiler.step_programs import HIDDEN, READS, STATE, check, main, plain_program, random_program


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_random_programs(first, capsys):
    assert main(50, first) == 0, capsys.readouterr().out


@pytest.mark.parametrize("seed", [2833, 3037, 3085, 3110, 3224, 3404, 3447, 3454])
def test_programs_that_were_wrong_once(seed):
    program = random_program(seed)
    assert check(program) == "same", program.notes


@pytest.mark.parametrize("read", READS)
def test_a_read_that_changes_is_noticed(read):
    program = plain_program(read=read)
    assert check(program) == "same", program.notes
    assert program.reason == ""


@pytest.mark.parametrize("state", [state for state in STATE if state not in HIDDEN])
def test_a_write_that_outlives_the_run_is_seen(state):
    program = plain_program(state=state)
    assert check(program) == "same", program.notes
    assert bool(program.reason) == (state not in ("none", "declared draw", "declared write"))
