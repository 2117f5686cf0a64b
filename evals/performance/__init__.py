"""How fast Beleg is, against floors measured in the same run, peers, and its own size: ``make bench``."""
