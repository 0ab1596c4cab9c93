"""The names of scikit-learn that the estimators use; its import fails with the name of the extra."""

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.metrics import accuracy_score, r2_score
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state, column_or_1d
    from sklearn.utils.class_weight import compute_sample_weight
    from sklearn.utils.multiclass import check_classification_targets, type_of_target
    from sklearn.utils.validation import _check_sample_weight as check_sample_weight, check_is_fitted, check_X_y, validate_data
except ImportError as error:
    raise ImportError(f"the estimators need scikit-learn: pip install 'chainrule[sklearn]' ({error})") from error

__all__ = [
    "BaseEstimator",
    "ClassifierMixin",
    "ConvergenceWarning",
    "MultiOutputMixin",
    "RegressorMixin",
    "accuracy_score",
    "check_X_y",
    "check_classification_targets",
    "check_is_fitted",
    "check_random_state",
    "check_sample_weight",
    "column_or_1d",
    "compute_sample_weight",
    "r2_score",
    "train_test_split",
    "type_of_target",
    "validate_data",
]
