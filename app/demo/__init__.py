"""A simulated cohort, written through the same services as real entries."""
