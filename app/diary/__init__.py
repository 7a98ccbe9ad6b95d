"""Today and the days before it: tablet, alcohol, other substances."""
