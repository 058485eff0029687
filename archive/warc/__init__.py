"""WARC files: written verbatim, read whole, indexed as CDXJ, repaired after a crash."""
