"""A training on disk, and its continuation."""
