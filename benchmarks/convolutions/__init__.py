"""Training steps of convolutions: the workloads, and one module for each engine."""
