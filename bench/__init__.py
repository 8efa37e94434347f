"""Speed, as ratios to limits measured in the same run, on the same database. `make bench`; never a timed test."""
