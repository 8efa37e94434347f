"""The figures that were published, for everybody: pages, open data, feeds. Kept ready, so that readers cost nothing."""
