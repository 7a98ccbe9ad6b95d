"""What every room needs to speak HTTP: pages, forms, static files, headers, errors."""
