"""The training loop: `fit`, evaluation, history."""
