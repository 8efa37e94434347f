"""The nation's reference lists as plain tables: places, codes, programmes, organizations; and their loading.

Headquarters edits the lists in the database. What stands here is only where they begin.
"""
