"""Everything that draws, a file for each command. Import it late: nothing else in the project needs matplotlib."""
