"""What a recording is."""
