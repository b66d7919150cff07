"""What every test shares."""

from hypothesis import settings

# A law is true at any speed: machines that run tests are busy ones.
settings.register_profile("factcheck", deadline=None)
settings.load_profile("factcheck")
