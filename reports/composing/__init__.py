"""Headquarters' own report: the kinds of its blocks, what they say, and how that is put on paper."""
