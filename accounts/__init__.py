"""Users, sign-in and second factors. What a user may do is decided one floor up, in hubs.access."""
