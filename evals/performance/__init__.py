"""How fast Beleg is, against floors measured in the same run, peers, and its own size: ``make bench``."""

import os

# As the command line sets it, before anything here imports numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
