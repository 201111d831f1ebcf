"""What is kept on disk: results and runs."""
