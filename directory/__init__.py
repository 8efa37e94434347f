"""Whom and what one can refer to: support organizations, support programmes, and the national code lists
(themes, industries, introducing organizations …) that headquarters edits. The nation's, not a hub's: no walls.
"""
