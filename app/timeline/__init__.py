"""One participant's record in order: typed events, the JSON form, and what follows from them."""
