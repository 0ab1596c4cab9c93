"""Event files, which TensorBoard reads: records, protocol buffers, summaries and graphs, written without TensorFlow."""
