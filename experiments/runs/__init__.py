"""How runs are computed: here or on a cluster."""
