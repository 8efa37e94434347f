"""Long work with progress, a result file and an expiry. Rooms upstairs say what is made; this room says how
a job lives: queued, running, done or failed, downloaded by those who may, removed when its time is over.
"""
