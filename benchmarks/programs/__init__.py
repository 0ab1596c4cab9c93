"""Programs in the style of HIPS autograd's examples, the same source for both engines.

Each module has a function `prepare`, which returns a step without arguments; a step returns one number.
"""
