"""Callbacks: early stopping, logs, statistics of layers, and the end at nan."""
