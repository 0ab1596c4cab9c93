"""What the program `python -m optim` is made of, apart from its models: options, data by name, run folders."""
