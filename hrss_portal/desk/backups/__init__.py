"""Backups: made encrypted, restored beside the live database, rehearsed.

``vault`` encrypts a stream, ``archive`` puts members into it, ``databases`` runs PostgreSQL's
programs and scratch databases, ``making`` and ``restoring`` are the two ways, ``rehearsal`` proves
both and an upgrade on a copy.
"""
