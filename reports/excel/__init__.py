"""The report as .xlsx: what an official opens, prints on A4 and works on.

Codes are text cells, figures are numbers, charts are Excel's own, nothing is a formula. `reports.paper` knows the
paper, the modules here what stands on it.
"""

from reports.excel.book import write_excel

__all__ = ["write_excel"]
