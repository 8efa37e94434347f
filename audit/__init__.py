"""The append-only trail: who did, saw, searched, exported what, and when (tender 別紙1; 政府統一基準).

No foreign keys, so that nothing blocks a deletion, and no way to change or remove a line: the table's
trigger refuses. Rooms call `audit.trail.record`; nothing here knows any of them.
"""
