"""Ordering and making files of lists; taking files in."""
