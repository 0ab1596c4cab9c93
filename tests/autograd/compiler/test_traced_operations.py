"""Every operation in an operation trace: replayed at other inputs, the trace gives the result of the function there."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from autograd import Tensor, TraceError
from autograd.extend import trace_operations
from tests.autograd.compiler.test_operation_trace import replay
from tests.autograd.interchange.test_saved_graph import REFUSED
from tests.autograd.operations.cases import CASES


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.name}" for i, case in enumerate(CASES)])
def test_a_trace_of_one_input_holds_for_another(case):
    @settings(max_examples=2, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(st.data())
    def compare(data):
        function, inputs = case.draw(data)
        others = [np.asarray(case.values(np.random.default_rng(5), x.shape)) for x in inputs]
        try:
            trace = trace_operations(function, *map(Tensor, inputs))
        except TraceError:
            assert case.name in REFUSED
            return
        for actual, expected in zip(replay(trace, *others), function(*map(Tensor, others)), strict=True):
            np.testing.assert_allclose(actual, np.asarray(getattr(expected, "data", expected)), rtol=1e-13)

    compare()
