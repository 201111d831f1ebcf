"""Benchmarks of the model's engine against other agent-based modelling frameworks."""
