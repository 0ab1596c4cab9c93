"""Random tables end in an encoder or a refusal, and encoders encode the same after saving, for each row alone."""

import contextlib
import datetime
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from autograd import DataError
from optim.data import DataFileError, TableEncoder, read_table

words = st.sampled_from(["a", "b", "Kyiv", "x y", "0012", "yes", "no", "1,5", "2024-02-03", "3.4.2020", "inf", "7", "?"])
VALUES = [
    st.integers(-3, 3),
    st.integers(),
    st.floats(allow_nan=True, allow_infinity=False, width=32),
    st.floats(),
    st.booleans(),
    words,
    st.text(max_size=4),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([None, datetime.UTC])),
    words | st.integers(-3, 3) | st.booleans() | st.floats(-2, 2),
]


@st.composite
def dicts(draw):
    """A dict of columns of random values, some of which are missing."""
    n = draw(st.integers(1, 30))
    columns = draw(st.lists(st.sampled_from(range(len(VALUES))), min_size=1, max_size=5))
    names = draw(st.lists(st.sampled_from(["x", "id", "day", "", "Unnamed: 0", "9", "ü"]), min_size=5, max_size=5, unique=True))
    return {
        name: draw(st.lists(VALUES[i] | (st.none() if draw(st.booleans()) else VALUES[i]), min_size=n, max_size=n))
        for name, i in zip(names, columns)
    }


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(dicts(), st.data())
def test_random_columns_are_encoded_or_refused(columns, data):
    target = data.draw(st.sampled_from([None, *columns]))
    choices = data.draw(
        st.dictionaries(st.sampled_from(list(columns)), st.sampled_from(["number", "category", "date", "boolean"]))
    )
    try:
        encoder = TableEncoder.fit(columns, target, columns=choices, task=data.draw(st.sampled_from(["auto", "regression"])))
    except DataError as error:
        assert str(error)
        return
    inputs = encoder.apply(columns)
    assert inputs.shape == (len(next(iter(columns.values()))), len(encoder.features))
    assert np.isfinite(inputs).all()
    restored = TableEncoder.from_state_dict(json.loads(json.dumps(encoder.state_dict())))
    records = [dict(zip(columns, row)) for row in zip(*columns.values())]
    assert (restored.apply(records[::-1])[::-1] == inputs).all()
    assert (restored.apply(records[:1]) == inputs[:1]).all()
    assert restored.features == encoder.features
    if target is not None:
        assert (restored.targets(records) == encoder.targets(columns)).all()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(dicts(), dicts())
def test_other_rows_are_encoded_alike_or_refused(columns, others):
    notes = []
    try:
        encoder = TableEncoder.fit(columns)
        inputs = encoder.apply(others, notes.append)
    except DataError:
        return
    assert inputs.shape == (len(next(iter(others.values()))), len(encoder.features))
    assert np.isfinite(inputs).all()
    assert not any("\n" in note for note in notes)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('01,.;\t|ex"\n\r\0 -n_?ü', max_size=40) | st.binary(max_size=20))
def test_any_text_is_a_table_or_refused(tmp_path, text):
    path = tmp_path / "random.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        table = read_table(path)
    except DataFileError as error:
        assert "random.csv" in str(error)
        return
    assert len(table) >= 1
    with contextlib.suppress(DataError):
        assert np.isfinite(TableEncoder.fit(table).apply(table)).all()


@pytest.mark.parametrize("replacement", [None, [], {}, 3, "x", True, float("nan"), -1.0, ["x", "x"], {"kind": "number"}])
def test_changed_state_is_refused_or_gives_an_encoder(replacement):
    table = {"x": [1.0, 2.0, None], "k": ["a", "b", "a"], "d": ["2024-01-05", "2024-02-04", ""], "y": ["u", "v", "u"]}
    text = json.dumps(TableEncoder.fit(table, "y").state_dict())

    def places(value):
        keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for key in keys:
            yield (key,)
            yield from ((key, *place) for place in places(value[key]))

    for place in places(json.loads(text)):
        state = json.loads(text)
        inner = state
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = replacement
        try:
            encoder = TableEncoder.from_state_dict(state)
            assert encoder.apply({name: values[:1] for name, values in table.items()}, lambda note: None).shape[0] == 1
            if encoder.target:
                encoder.targets(table)
        except DataError as error:
            assert "\n" not in str(error)
    with pytest.raises(DataError, match="not the state of a TableEncoder"):
        TableEncoder.from_state_dict(replacement)
