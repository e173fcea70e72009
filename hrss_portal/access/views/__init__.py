"""Pages of log-in and of the administration of units, accounts and rights."""
