"""Reads: what may be ordered and has been made; how the months stand."""
