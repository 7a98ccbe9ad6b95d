"""What every page of the staff stands in: the frame, the sealed contact, the last word told."""
