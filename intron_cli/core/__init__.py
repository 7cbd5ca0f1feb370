"""What everything else is built on: pure, standard library only."""
