"""What is told the agency: the monthly report as .xlsx, .pdf and .csv, all three from one content. Facts only:
no client's name can come in, because nothing here reads a record.
"""
