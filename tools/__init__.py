"""Set-up, servers and tests of the portal.  Standard library only: nothing is installed yet."""
