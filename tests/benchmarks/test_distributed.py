"""The performance model of data parallelism, and the report of its benchmark."""

import math

import pytest

from benchmarks.distributed import __main__ as command
from benchmarks.distributed.cases import CASES
from benchmarks.distributed.model import Network, StepModel

NETWORK = Network(latency=10e-6, bandwidth=2e9)


def test_constants_of_the_network_come_from_exact_times():
    times = {size: 10e-6 * math.log2(4) + size / 2e9 for size in (64, 1024, 10**6)}
    network = Network.from_times(times, ranks=4)
    assert (network.latency, network.bandwidth) == pytest.approx((10e-6, 2e9))
    assert network.allreduce(10**6, 1) == 0


def test_constants_of_a_step_come_from_exact_times():
    times = {n: 40e-6 + 3e-6 * n for n in (25, 50, 100)}
    model = StepModel.from_times(times, 100, size=4000, network=NETWORK)
    assert (model.fixed, model.work) == pytest.approx((40e-6, 300e-6))
    assert model.time(1) == pytest.approx(times[100])
    assert model.time(2) == pytest.approx(40e-6 + 150e-6 + 10e-6 + 2e-6)


@pytest.mark.parametrize(("work", "ranks"), [(0.0, 1), (10e-6, 1), (1e-3, 32), (1.0, 4096)])
def test_more_ranks_pay_the_more_work_there_is(work, ranks):
    assert StepModel(fixed=40e-6, work=work, size=4000, network=NETWORK).last_worthwhile() == ranks


def round_of(time):
    step = {"time": time / 2, "share": 0.25}
    return {
        "allreduce": {str(size): NETWORK.allreduce(size, 2) for size in (64, 1024, 10**6)},
        "one": {"mlp2": {"times": {str(n): time * (n + 8) / 40 for n in (32, 16, 8)}, "bytes": 4000}},
        "plain": {"mlp2": time / 2},
        "threads": {"mlp2": time},
        "fast": {"mlp2": step},
        "ordered": {"mlp2": step | {"time": 3 * time}},
        "ddp": {"mlp2": time},
    }


def test_the_report_takes_the_lowest_of_the_rounds(monkeypatch, capsys):
    rounds = iter([round_of(300e-6), round_of(200e-6)])
    monkeypatch.setattr(command, "measure", lambda names, with_ddp: next(rounds))
    monkeypatch.setattr(command, "mpiexec", lambda: "mpiexec")
    monkeypatch.setattr("sys.argv", ["benchmarks.distributed", "--rounds", "2", "--only", "mlp2"])
    command.main()
    output = capsys.readouterr().out
    assert f"| {CASES['mlp2'].title} | 100 | 200 | 200 | 100 | 600 | 200 | 0.50 | yes |" in output
    assert "| 25% | 25% |" in output
    assert "Latency 10.0 µs, bandwidth 2.00 GB/s" in output
    assert "| 40 | 160 | 4 | 200 | +0% | 132 | +32% **too large** | 8 ranks, 2.2 times as fast |" in output


def test_a_target_that_does_not_hold_is_an_error(monkeypatch, capsys):
    results = round_of(200e-6)
    monkeypatch.setattr(command, "measure", lambda names, with_ddp: results | {"ddp": {"mlp2": 120e-6}})
    monkeypatch.setattr(command, "mpiexec", lambda: "mpiexec")
    monkeypatch.setattr("sys.argv", ["benchmarks.distributed", "--rounds", "1", "--only", "mlp2"])
    with pytest.raises(SystemExit):
        command.main()
    assert "**no**" in capsys.readouterr().out
