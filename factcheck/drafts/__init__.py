"""Checking a draft before it is published: from a file to claims, from verdicts back to its lines.

``documents`` reads a draft with the place of every character, ``extract`` finds the
claims in it, ``ignores``, ``baseline`` and ``changes`` decide which findings count.
"""
