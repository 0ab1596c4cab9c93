"""Recorded graphs as files."""
