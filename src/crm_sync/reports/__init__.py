"""Answers: each report is a function from the store to a frozen result that terminal, JSON and boards show."""
