"""What stored runs show: one pass over their traces, and the rows that figures are made from."""
