"""What leaves the product for analysis: coded, of one site, the truth of this moment."""
