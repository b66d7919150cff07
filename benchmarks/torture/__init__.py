"""What makes the program suffer on purpose: hostile input, faults and load. ``make torture`` runs all of it.

``targets`` are the parts that take other people's bytes, each with what must hold for any
bytes at all; ``fuzz`` feeds them generated input, ``pumps`` inputs of a megabyte that repeat
one thing, ``patterns`` measures every regular expression, ``faults`` kills and breaks,
``load`` runs many at once, ``wheel`` builds what is released and uses it where nothing else is.
docs/reliability.md has the figures.
"""
