"""From prior simulations to a posterior over what is uncertain, and its checks."""
