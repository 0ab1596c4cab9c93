"""Random numbers of a model can be repeated from saved states."""

import json

import numpy as np
import pytest

import nn


def test_restored_states_repeat_the_random_numbers():
    nn.seed(3)
    model = nn.Sequential(nn.Dropout(0.5), nn.Sequential(nn.Dropout(0.5, rng=1)), nn.Linear(4, 4))
    x = np.ones((50, 4))
    states = json.loads(json.dumps(model.random_state()))
    assert sorted(states) == ["1.0.rng", "common"]
    first = model(x).numpy()
    assert not np.array_equal(model(x).numpy(), first)
    model.set_random_state(states)
    np.testing.assert_array_equal(model(x).numpy(), first)


def test_states_of_another_model_are_rejected():
    with pytest.raises(KeyError):
        nn.Dropout(rng=0).set_random_state(nn.Dropout().random_state())
