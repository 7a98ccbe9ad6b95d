"""The library of daily messages, as versioned data files and their loader."""
