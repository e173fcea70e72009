"""The API for systems of other bodies: what an area declares, and the views that carry it out.

An area's ``api.py`` holds one list, ``api``, of ``resources.CaseResource``; the kernel itself
exchanges no case of its own.
"""

api: tuple[object, ...] = ()
