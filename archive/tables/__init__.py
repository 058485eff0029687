"""The tables: rows staged beside the captures, committed as snapshots, queried through views."""
