"""Letters that the system sends: written with the deed that causes them, sent by a worker, each once."""
