"""Between hubs: hints that reveal no client, transfers and joint support, each asked for, answered and traced."""
