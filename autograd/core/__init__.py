"""The engine: tensors, the recorded graph, the chain rule. It knows no operation."""
