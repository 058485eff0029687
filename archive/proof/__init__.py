"""One article's proof: its records as they stand, the way from each to a signed manifest, and a script that checks them."""
