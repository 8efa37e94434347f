"""Cross tables: rows × columns of one measure, from the registry's dimensions.

`axes` says what divides, `question` what is asked, `groups` which rows and columns that makes. `facts` answers from
the monthly facts, `records` from the records within a time limit; `table` asks whichever can and puts the answer in
order, `files` writes it down. `presets` and `saving` keep questions.
"""
