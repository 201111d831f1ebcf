"""The configuration that ships with the package: YAML, composed by conscription_flight.config."""
