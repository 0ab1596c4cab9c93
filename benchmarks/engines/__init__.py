"""One file per engine; each runs in a process of its own."""
