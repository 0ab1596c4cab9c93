"""Whole models: the multilayer perceptron and the perceptron."""
