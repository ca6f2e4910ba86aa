"""Suggestions for other software: the same actions and filters as the pages, another wire format."""
