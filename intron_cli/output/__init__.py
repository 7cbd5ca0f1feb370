"""How results, progress and errors reach the user."""
