"""Models on their way: weight files, PyTorch."""
