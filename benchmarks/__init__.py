"""Benchmarks next to other libraries: python -m benchmarks."""
