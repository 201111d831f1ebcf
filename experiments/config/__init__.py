"""What was asked for: composed, checked, resolved."""
