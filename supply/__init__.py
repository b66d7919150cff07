"""What a release is made of: its list of parts, and what is known against them. ``make sbom`` and ``make audit``."""
