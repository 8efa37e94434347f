"""Every write that matters, by deed: ordering and making editions; the month from drafting to closing."""
