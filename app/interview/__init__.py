"""What participants tell staff: the diary interview, and tablet and check-in told by phone."""
