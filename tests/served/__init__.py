"""The product on real Redis and PostgreSQL, as separate processes."""
