"""What joins `optim` with `nn` and with other libraries."""

from optim.integrations.trained_run import TrainedRun as TrainedRun, load_run as load_run
