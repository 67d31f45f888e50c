"""Many statements to one record: copies folded, origins counted, disagreements kept side by side. Pure."""
