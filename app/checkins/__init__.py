"""Check-ins about urges and side effects, stored page by page."""
