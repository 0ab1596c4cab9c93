import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograd import DataError, ShapeError
from optim.data import MinMaxScaler, OneHotEncoder, StandardScaler, min_max, one_hot, standardize

numbers = st.integers(-1000, 1000).map(lambda i: i / 8)
tables = arrays(np.float64, array_shapes(min_dims=1, max_dims=3, max_side=6), elements=numbers)
SCALERS = [StandardScaler, MinMaxScaler]
each_scaler = pytest.mark.parametrize("scaler", SCALERS)
X = np.array([[1.0, 5.0, -2.0], [3.0, 5.0, 4.0], [2.0, 5.0, 1.0], [6.0, 5.0, 0.0]])


@given(tables)
def test_standardized_columns_have_mean_zero_and_deviation_one_or_zero(x):
    z = standardize(x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(z.std(axis=0), np.where(np.ptp(x, axis=0) > 0, 1, 0), atol=1e-10)


@given(tables)
def test_min_max_reaches_its_bounds_and_stays_within_them(x):
    z = min_max(x, -1, 3)
    assert (z.min(axis=0) == -1).all()
    np.testing.assert_array_equal(z.max(axis=0), np.where(np.ptp(x, axis=0) > 0, 3, -1))


@each_scaler
@given(x=tables)
def test_undo_is_the_inverse_of_apply(scaler, x):
    fitted = scaler.fit(x)
    np.testing.assert_allclose(fitted.undo(fitted.apply(x)), x, rtol=1e-12, atol=1e-11)


def test_test_data_is_scaled_by_the_training_data():
    assert StandardScaler.fit(X[:, :1]).apply([[3.0]]).item() == pytest.approx((3 - 3) / X[:, 0].std())
    assert StandardScaler.fit(X[:, :1]).apply([[6.0]]).item() == pytest.approx((6 - 3) / X[:, 0].std())
    assert MinMaxScaler.fit(X[:, :1]).apply([[11.0]]).item() == 2.0


@each_scaler
@pytest.mark.parametrize("constant", [0.1, 1e-300, 0.0, -1e300, 123456.789])
def test_constant_columns_become_constants_also_where_their_mean_is_rounded(scaler, constant):
    z = scaler.fit(np.full((1000, 1), constant)).apply(np.full((2, 1), constant))
    assert (z == 0).all()


@each_scaler
@pytest.mark.parametrize(
    ("dtype", "result"), [("f4", "f4"), ("f2", "f2"), ("f8", "f8"), ("u1", "f8"), ("i8", "f8"), ("?", "f8")]
)
def test_floats_keep_their_dtype_and_whole_numbers_become_float64(scaler, dtype, result):
    x = np.array([[0], [1], [1], [0]], dtype)
    fitted = scaler.fit(x)
    assert fitted.apply(x).dtype == result
    assert fitted.undo(fitted.apply(x)).dtype == result
    assert fitted.undo(fitted.apply(x)).tolist() == [[0], [1], [1], [0]]


def test_single_precision_far_from_zero_loses_nothing_to_the_mean():
    x = (1e7 + np.arange(8, dtype=np.float32))[:, None]
    np.testing.assert_allclose(standardize(x), standardize(x.astype(float)), rtol=1e-6)


@each_scaler
def test_axis_selects_the_elements_of_a_scale(scaler):
    images = np.random.default_rng(0).normal([[[0.0]], [[5.0]]], 2.0, (20, 2, 4, 4))
    by_channel = scaler.fit(images, axis=(0, 2, 3)).apply(images)
    for channel in range(2):
        alone = scaler.fit(images[:, channel].ravel()).apply(images[:, channel].ravel())
        np.testing.assert_allclose(by_channel[:, channel].ravel(), alone, rtol=1e-12, atol=1e-13)
    together = scaler.fit(images, axis=None).apply(images)
    np.testing.assert_allclose(together.ravel(), scaler.fit(images.ravel()).apply(images.ravel()), rtol=1e-12, atol=1e-13)


@each_scaler
def test_pieces_of_a_large_array_are_fitted_as_one(scaler, monkeypatch):
    x = np.random.default_rng(0).normal(3, 2, (101, 4))
    whole = scaler.fit(x).apply(x)
    monkeypatch.setattr("optim.data.datasets.CHUNK", 20)
    np.testing.assert_allclose(scaler.fit(x).apply(x), whole, rtol=1e-12, atol=1e-13)


@each_scaler
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.empty((0, 3)), DataError, r"at least one example expected, got shape \(0, 3\)"),
        ([[1.0, np.nan]], DataError, "inputs: nan in row 0, column 1"),
        ([[0.0, -1e308], [0.0, 1.7e308]], DataError, r"numbers too large to \w+ in column 1"),
        ([["a"]], DataError, "numbers expected"),
    ],
)
def test_data_that_cannot_be_scaled_is_refused(scaler, x, error, message):
    with pytest.raises(error, match=message):
        scaler.fit(x)


@each_scaler
@pytest.mark.parametrize("axis", [1, (1, 2)])
def test_scaling_is_over_examples(scaler, axis):
    with pytest.raises(ValueError, match="axis must contain 0"):
        scaler.fit(X, axis=axis)


@each_scaler
def test_images_lacking_axes_are_refused(scaler):
    with pytest.raises(ShapeError, match=r"rows of shape \(2, 1, 1\), got examples of shape \(5,\)"):
        scaler.fit(np.ones((3, 2, 4, 4)), axis=(0, 2, 3)).apply(np.ones(5))


@each_scaler
@pytest.mark.parametrize("x", [X[:, :2], X[0], 3.0])
def test_other_columns_than_the_fitted_are_refused(scaler, x):
    with pytest.raises(ShapeError, match=r"fitted to rows of shape \(3,\), got examples of shape"):
        scaler.fit(X).apply(x)


def test_bounds_must_be_in_order():
    with pytest.raises(ValueError, match="low must be less than high, got low=1 and high=1"):
        MinMaxScaler.fit(X, 1, 1)


# One-hot


@given(arrays(np.int64, array_shapes(max_dims=2, max_side=5), elements=st.integers(0, 4)))
def test_one_hot_rows_have_their_one_at_the_label(labels):
    rows = one_hot(labels, 5)
    assert rows.shape == (*labels.shape, 5)
    assert (rows.sum(axis=-1) == 1).all()
    np.testing.assert_array_equal(rows.argmax(axis=-1), labels)


def test_the_number_of_classes_has_a_default():
    assert one_hot([0, 2]).shape == (2, 3)
    assert one_hot(np.array([], int)).shape == (0, 0)


def test_one_hot_has_the_default_dtype(single_precision):
    assert one_hot([1.0]).dtype == np.float32
    assert OneHotEncoder.fit(["a", "b"]).apply(["a"]).dtype == np.float32


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 3], 3, "class indices from 0 to 2 expected, got 3"),
        ([-1, 0], None, "expected, got -1"),
        ([0.5], None, "integers"),
        ([True], None, "bool"),
    ],
)
def test_labels_that_are_no_classes_are_refused(labels, classes, message):
    with pytest.raises(DataError, match=message):
        one_hot(labels, classes)


@pytest.mark.parametrize("labels", [["iris", "rose", "iris"], [7, -3, 7], [0.5, 2.5, 0.5], np.array([True, False, True])])
def test_classes_of_any_kind_come_back(labels):
    kinds = OneHotEncoder.fit(labels)
    rows = kinds.apply(labels)
    assert rows.shape == (3, 2)
    assert kinds.undo(rows).tolist() == list(labels)


@pytest.mark.parametrize(("unknown", "row"), [(["a", "c", "d"], 1), (["", "b", "c"], 0)])
def test_class_that_did_not_occur_is_named_with_its_row(unknown, row):
    with pytest.raises(DataError, match=f"row {row}: unknown class {unknown[row]!r}; the classes are 'a', 'b'"):
        OneHotEncoder.fit(["b", "a"]).apply(unknown)


def test_one_hot_refuses_no_labels_and_scores_of_other_classes():
    with pytest.raises(DataError, match="no labels"):
        OneHotEncoder.fit([])
    with pytest.raises(ShapeError, match=r"2 classes expected, got shape \(1, 3\)"):
        OneHotEncoder.fit(["a", "b"]).undo([[1, 2, 3]])
