"""What the product is made of: a list of it, known faults in it, and that all of it is used."""
