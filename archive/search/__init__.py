"""Words found in the archive's articles: an index beside the tables, made from them and mended by itself."""
