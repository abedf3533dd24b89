"""What marketing owes to sales: how many leads a quota takes, how many came, how much work they are."""
