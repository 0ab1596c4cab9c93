"""Checkpoints: write the state of a training to disk, and resume from it."""
