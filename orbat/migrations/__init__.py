"""How a store's tables came to be what they are, step by step; run by ``Store.open`` where a store is older than the code."""
