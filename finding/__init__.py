"""One search over a hub's records, and views that are saved and shared."""
