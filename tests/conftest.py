import pytest
from hypothesis import settings

from autograd import default_dtype

settings.register_profile("chainrule", deadline=None, database=None)
settings.load_profile("chainrule")


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def single_precision():
    before = default_dtype()
    yield default_dtype("float32")
    default_dtype(before)
