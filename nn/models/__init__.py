"""Models: the multilayer perceptron and the perceptron."""
