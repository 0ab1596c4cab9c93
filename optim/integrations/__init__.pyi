from optim.integrations.mlp_estimators import MLPClassifier as MLPClassifier, MLPRegressor as MLPRegressor
from optim.integrations.module_estimators import Classifier as Classifier, Regressor as Regressor
from optim.integrations.optuna_pruning import OptunaPruning as OptunaPruning
from optim.integrations.trained_run import TrainedRun as TrainedRun, load_run as load_run
