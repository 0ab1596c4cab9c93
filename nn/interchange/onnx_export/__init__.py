"""Models as ONNX files: a trace of the forward pass becomes a graph of operators."""
