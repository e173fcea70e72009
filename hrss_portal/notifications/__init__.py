"""The inbox, the outbox to gateways, task links for outside bodies."""
