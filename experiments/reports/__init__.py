"""Results in words: pages, console, numbers."""
