"""Help: emergency, crisis and clinic numbers, without a PIN, from every page."""
