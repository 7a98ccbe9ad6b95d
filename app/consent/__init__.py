"""Electronic consent: the text in force, agreeing to it on the phone, and the copies of it."""
