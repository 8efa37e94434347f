"""Pages: editions to order and fetch; the month at a hub and at headquarters."""
