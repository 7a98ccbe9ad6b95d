"""The doors: invitation, code and lock of a phone; password and link of the staff."""
