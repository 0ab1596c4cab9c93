"""Files, the command line, lazy imports and call stacks."""
