"""The county HR and social-security portal: wiring and kernel apps.

The Celery app is not imported here: workers name it, ``jobs.queue.send`` loads it with the first
message, and commands start without it.
"""
