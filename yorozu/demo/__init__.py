"""The demonstration: invented people, enterprises and notes for a year and a half, the same at every loading.

Loaded by `make run`, never outside demo mode. Nothing here is real: companies and persons are made of common
words, telephone numbers begin with digits that nobody is given, mail addresses end in `.example`.
"""
