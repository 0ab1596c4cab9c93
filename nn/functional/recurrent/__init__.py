"""Recurrent layers as functions: one operation for all steps of a layer in one direction, and the cells."""
