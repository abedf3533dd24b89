"""What the store promises, asked of every database that it can stand on."""
