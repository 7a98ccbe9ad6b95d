"""Check-ins and worksheets as versioned data files, their loader, and pure scoring."""
