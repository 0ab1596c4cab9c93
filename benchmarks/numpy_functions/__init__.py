"""The functions of NumPy that chainrule and HIPS autograd share: time of the value and the gradient, engine beside engine."""
