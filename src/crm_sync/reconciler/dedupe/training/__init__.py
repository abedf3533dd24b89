"""What evidence is worth among a company's own people: measured without labels, and believed only if checks hold."""
