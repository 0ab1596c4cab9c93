import signal
from pathlib import Path

import pytest

from optim import History

PLOT = History.plot


@pytest.fixture
def double_torch(torch):
    """PyTorch with its own numbers in double precision: NAdam's product of momenta is in the default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield torch
    torch.set_default_dtype(before)


@pytest.fixture
def in_empty_folder(tmp_path, monkeypatch):
    """Commands write where nothing is yet, and draw no curves, which takes longer than training."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHAINRULE_MNIST", raising=False)
    monkeypatch.setattr(History, "plot", lambda history, path: Path(path).touch())


@pytest.fixture
def curves(in_empty_folder, monkeypatch):
    """Commands draw their curves after all."""
    monkeypatch.setattr(History, "plot", PLOT)


@pytest.fixture(scope="session", autouse=True)
def ctrl_c():
    """Ctrl-C raises KeyboardInterrupt as in a terminal, even if a shell runs the tests in the background and ignores SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
