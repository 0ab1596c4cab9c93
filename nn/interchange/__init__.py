"""Interchange of models with files and other frameworks."""
