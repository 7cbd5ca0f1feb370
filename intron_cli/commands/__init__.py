"""A file a command: arguments in, one call into the layers below, result to the output."""
