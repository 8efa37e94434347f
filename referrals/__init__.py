"""Referrals to support organizations: consented, answered by signed link, chased, and their work counted."""
