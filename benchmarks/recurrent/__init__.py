"""Training steps of recurrent layers, for each engine."""
