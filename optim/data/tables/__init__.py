"""Tables of named columns: read from files and data frames, typed by their values, encoded as numbers."""
