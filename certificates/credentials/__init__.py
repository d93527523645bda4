"""Certificates as Open Badges 3.0: verifiable credentials, signed as a JSON Web Token with RS256.

That is the one proof every reader of Open Badges must know. Data Integrity proofs need the canonical form of RDF graphs,
which no library of ours makes, so credentials that carry them are read and not confirmed.
"""
