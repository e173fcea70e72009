"""Administration: one landing page, running state, replay, hand-over, dictionaries."""
