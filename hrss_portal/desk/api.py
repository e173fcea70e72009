"""The API: what an area declares in its ``api.py``, and the views that carry it out."""

api: tuple[object, ...] = ()
