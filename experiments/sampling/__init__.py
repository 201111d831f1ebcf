"""What is run: designs, samples, draws."""
