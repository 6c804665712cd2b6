"""Configuration by environment variables: typed, checked at start, documented from one place."""

from deltacrown.environment.loading import BASE_DIR, DATA_DIR, load, load_or_exit
from deltacrown.environment.problems import ImproperEnvironment, Problem
from deltacrown.environment.variables import Environment

__all__ = ["BASE_DIR", "DATA_DIR", "Environment", "ImproperEnvironment", "Problem", "load", "load_or_exit"]
