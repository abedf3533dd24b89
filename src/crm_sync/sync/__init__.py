"""The story: pull, plan, push. I/O on both ends, no rules of its own."""
