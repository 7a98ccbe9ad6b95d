"""Session notes: a draft that may change, a closed note that may not, amendments beside it."""
