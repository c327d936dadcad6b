"""The stage's part of the API: each feature's module registers its resources."""

from profiling.ranking import api as _ranking  # noqa: F401
from profiling.sharing import api as _sharing  # noqa: F401
from profiling.studies import api as _studies  # noqa: F401
from profiling.targets import api as _targets  # noqa: F401
