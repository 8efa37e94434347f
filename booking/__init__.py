"""Booking: a hub's calendar by coordinator and place, requests from the public, reminders, no-shows."""
