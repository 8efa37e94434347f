"""Doors, by resource."""
