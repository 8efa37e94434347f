"""Telling other systems what happened: signed, retried, with a log. Reads the trail; nobody calls it."""
