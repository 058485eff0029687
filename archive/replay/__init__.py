"""Captures shown in a browser as they looked: pywb in an environment of its own, between an index of ours and pages of ours."""
