"""The training step of a small GPT in every engine."""
