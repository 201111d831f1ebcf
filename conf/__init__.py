"""The configuration that ships with the package: YAML, composed by experiments.config."""
