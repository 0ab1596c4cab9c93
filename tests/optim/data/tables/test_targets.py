import numpy as np
import pytest

from autograd import DataError
from optim.data import ClassTarget, MultilabelTarget, NumberTarget, fit_target
from optim.data.tables.table import as_table
from optim.data.tables.targets import default_target


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (["b", "a", "b"], ["a", "b"]),
        (["10", "9", "-1"], [-1, 9, 10]),
        (["1.0", "2", "1"], [1, 2]),
        ([9007199254740993, 9007199254740992, 1], [1, 9007199254740992, 9007199254740993]),
        (["9007199254740993", "9007199254740992", "1"], [1, 9007199254740992, 9007199254740993]),
        ([True, False, True], [False, True]),
        (["yes", "no", "no"], ["no", "yes"]),
        (["01", "2", "2"], ["01", "2"]),
        ([0.0, 1.0, 1.0], [0, 1]),
        (["1", "x", "1"], ["1", "x"]),
    ],
)
def test_labels_of_any_type_are_classes(values, classes):
    table = as_table({"y": values})
    target = fit_target(table, "y")
    assert isinstance(target, ClassTarget)
    assert target.classes == classes
    assert len(target.undo(target.apply(table))) == len(values)
    assert (target.apply(as_table({"y": [str(value) for value in values]})) == target.apply(table)).all()


@pytest.mark.parametrize("values", [[0.5, 1, 2], list(range(21)), ["1,5", "2", "7"], [1e300, 1, 2]])
def test_fractions_and_many_integers_are_regression(values):
    table = as_table({"y": values})
    if values[0] == 1e300:
        with pytest.raises(DataError, match="too large to square"):
            fit_target(table, "y")
        return
    target = fit_target(table, "y")
    assert isinstance(target, NumberTarget)
    scaled = target.apply(table)
    assert scaled.shape == (len(values), 1)
    np.testing.assert_allclose([scaled.mean(), scaled.std()], [0, 1], atol=1e-12)
    np.testing.assert_allclose(target.undo(scaled)[:, 0], [float(str(value).replace(",", ".")) for value in values], atol=1e-9)


def test_the_task_can_be_given():
    table = as_table({"y": [1, 2, 4], "z": [0.5, 1.5, 0.5]})
    assert fit_target(table, "y", "regression").task == "regression"
    assert fit_target(table, "z", "classification").classes == [0.5, 1.5]
    assert fit_target(table, ["y", "z"], "regression").note == "y, z: 2 targets, numbers"
    with pytest.raises(ValueError, match="task: 'auto', 'classification', 'regression', 'multilabel' expected, got 'cluster'"):
        fit_target(table, "y", "cluster")
    with pytest.raises(ValueError, match="at least one column expected"):
        fit_target(table, [])
    with pytest.raises(DataError, match="classification has one target column, got y, z"):
        fit_target(table, ["y", "z"], "classification")


def test_several_columns_are_labels():
    table = as_table({"red": ["yes", "no"], "big": [0, 1], "old": [True, False]})
    target = fit_target(table, ["red", "big", "old"])
    assert isinstance(target, MultilabelTarget)
    assert target.apply(table).tolist() == [[1, 0, 1], [0, 1, 0]]
    with pytest.raises(DataError, match="row 1, column 'n': '2' is not a boolean"):
        fit_target(as_table({"n": [0, 2], "m": [0, 1]}), ["n", "m"])


@pytest.mark.parametrize(
    ("values", "task", "message"),
    [
        (["a", None, "b"], "auto", "row 1, column 'y': the value of the target is missing"),
        ([1.5, None, 2.5], "regression", "row 1, column 'y': the value of the target is missing"),
        ([1.5, 1.5], "regression", r"the target column 'y' has only one value \(1.5\)"),
        (["a", "a"], "auto", r"the target column 'y' has only one class \(a\)"),
        (["a", "b"], "regression", "row 0, column 'y': 'a' is not a number"),
        (["1", "inf"], "auto", "row 1, column 'y': inf is neither a class nor a finite number"),
    ],
)
def test_targets_that_cannot_be_learned_are_refused(values, task, message):
    with pytest.raises(DataError, match=message):
        fit_target(as_table({"y": values}), "y", task)


def test_unknown_class_is_named():
    target = fit_target(as_table({"y": [1, 2, 1]}), "y")
    with pytest.raises(DataError, match="row 1, column 'y': unknown class 3; the classes are 1, 2"):
        target.apply(as_table({"y": [1, 3]}))


def test_default_target_is_the_usual_name_or_the_last_column(tmp_path):
    assert default_target(as_table({"Label": [0], "x": [1]})) == "Label"
    assert default_target(as_table({"y": [0], "target": [1], "x": [1]})) == "x"
    from optim.data import read_table

    np.savez(tmp_path / "a.npz", x=np.ones((2, 2)), z=[0, 1])
    with pytest.raises(DataError, match=r"a\.npz: give the array of targets; the columns are x\[0\], x\[1\], z"):
        default_target(read_table(tmp_path / "a.npz"))
