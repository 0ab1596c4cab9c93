"""The parts of the program `python -m optim` besides its models: options, data sets, run folders."""
