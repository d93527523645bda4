"""The unit of the benchmark: a small Django site of its own that never changes.

Yardstick A is a bare view that returns 10 KB without middleware. Yardstick B is an ordinary page of an
ordinary Django site: the middleware of `startproject`, the session in the database, a signed-in user, one
query that joins two more tables, 30 rows, a template with a base, 10 KB. One B is what such a page costs.

Nothing of the product is imported here. A change would move the unit, so a test compares the checksum.
"""
