"""Every route, method and kind of user over HTTP."""
