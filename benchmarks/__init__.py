"""Measurements that are run by hand: what they say is committed beside them."""
