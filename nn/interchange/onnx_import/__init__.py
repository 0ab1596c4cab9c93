"""ONNX files as modules: `nn.load_onnx`. The operators are rows of a table, in a file for each family."""
