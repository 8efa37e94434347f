"""支援事例: what is published of the hubs' work, with the client's consent, and found again beside a note."""
