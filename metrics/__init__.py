"""What was counted. `indicators` declares each figure once; `counting` turns the declarations into set-based
SQL; facts are kept per hub, bureau and nation, for months and for the fiscal year to date. Screens, reports
and the definitions sheet read the registry and the facts, never the records.
"""
