"""Coverage, debuggers and profilers keep working in the traced runs of a step."""

import bdb
import pdb
import subprocess
import sys
from io import StringIO

import numpy as np
import pytest

import autograd
from tests.autograd.compiler.training_steps import run_fallback


def step(x):
    y = x * 2
    return y + 1


class Breakpoint(bdb.Bdb):
    """A debugger with a breakpoint in the second line of `step`."""

    def __init__(self):
        super().__init__()
        self.seen = []
        self.set_break(self.canonic(__file__), step.__code__.co_firstlineno + 2)

    def user_line(self, frame):
        if self.break_here(frame):
            self.seen.append(frame.f_lineno - step.__code__.co_firstlineno)
        self.set_continue()


@pytest.fixture
def trace_function():
    """Without the trace function of coverage or of a debugger, which the test replaces; it comes back afterwards."""
    previous = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(previous)


@pytest.mark.usefixtures("trace_function")
def test_a_breakpoint_stops_in_traced_and_audited_runs():
    debugger, compiled = Breakpoint(), autograd.compile(step)
    stops = []
    for _ in range(8):
        before = len(debugger.seen)
        assert debugger.runcall(compiled, np.ones(2)).tolist() == [3, 3]
        stops.append(debugger.seen[before:])
    assert stops == [[2], [2], [2], [2], [], [], [2], []]  # runs 1 and 2 are traced, 3, 4 and 7 audited
    assert compiled.fallback_reason == ""


@pytest.mark.usefixtures("trace_function")
def test_a_step_that_starts_a_debugger_runs_eagerly():
    output = StringIO()

    def stopping(x):
        y = x * 2
        pdb.Pdb(stdin=StringIO("p y.tolist()\nn\nc\n"), stdout=output, nosigint=True, readrc=False).set_trace()
        return y + 1

    results = run_fallback(stopping, np.ones(2), np.ones(2), np.ones(2), reason="starts a debugger")
    assert [y.tolist() for y in results] == [[3, 3]] * 3
    assert output.getvalue().count("[2.0, 2.0]") == 3


@pytest.mark.usefixtures("trace_function")
def test_a_trace_function_receives_the_events_of_the_step():
    def events_of(function):
        events = []

        def record(frame, event, arg):
            if frame.f_code.co_filename == __file__ and frame.f_code.co_name == "step":
                events.append((event, frame.f_lineno))
            return record

        sys.settrace(record)
        function(np.ones(2))
        assert sys.gettrace() is record
        sys.settrace(None)
        return events

    compiled = autograd.compile(step)
    assert events_of(compiled) == events_of(compiled) == events_of(step)  # two traced runs, and the eager one


def test_coverage_measures_traced_runs_and_whatever_runs_after_them(tmp_path):
    pytest.importorskip("coverage")
    (tmp_path / "covered.py").write_text("""
import numpy as np
import autograd

def helper(x):
    return x + 1

@autograd.compile
def step(x):
    y = helper(x)
    if y.sum() > 100:
        y = y * 2
    return y

def after():
    return 1

for _ in range(3):
    step(np.ones(2))
after()
""")
    run = [sys.executable, "-m", "coverage", "run", "--rcfile=", "--include=covered.py", "covered.py"]
    environment = {"PYTHONPATH": str(autograd.__path__[0]).removesuffix("autograd"), "PATH": ""}
    subprocess.run(run, cwd=tmp_path, check=True, env=environment)
    report = [sys.executable, "-m", "coverage", "report", "--rcfile=", "-m"]
    lines = subprocess.run(report, cwd=tmp_path, check=True, env=environment, capture_output=True, text=True).stdout
    assert lines.splitlines()[2].split()[-1] == "12"  # the one line that never runs
