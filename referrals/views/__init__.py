"""Doors, by who comes: the hub's people, and the other agency by its link."""
