"""What holds the archive to its word: keys, manifests in a chain, timestamps."""
