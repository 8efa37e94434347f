"""Pages of this room, by resource."""
