"""What a user hands in: files, spreadsheets, days, numbers."""
