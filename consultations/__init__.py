"""What happened: enterprises, their cases, the consultations logged, and drafts of them.

Every row belongs to a hub. Writing goes through `actions`; which months a change touches is noted by the
database itself (`TouchedMonth`), for metrics upstairs to pick up.
"""
