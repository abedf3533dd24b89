"""Who is who among many records: keys bring records together, evidence decides, clusters are checked as a whole."""
