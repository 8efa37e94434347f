"""What was promised: targets of a fiscal year, by hub and for the nation. Stands above `metrics`, because a promise is
about a figure; the business plan (事業計画) will be written around these rows.
"""
