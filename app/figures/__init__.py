"""A site's figures about its alerts: how many, how soon they were taken, what came of them."""
