"""Measurements that the README and the commits report; each module prints its own."""
