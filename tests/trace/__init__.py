"""The validation pack: which test proves which requirement, on this source, as one file to keep."""
