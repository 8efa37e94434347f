"""Import and export of a hub's records, in a worker, row by row."""
