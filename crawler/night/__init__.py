"""One night: portals crawled in processes of their own, committed as one snapshot, told in one report."""
