"""Plain Python that every room stands on: periods, identifiers, text folding, move tables, database walls.

No models, no requests, no knowledge of who asks. What needs a table lives upstairs.
"""
