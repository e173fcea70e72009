"""Pages of the shared registers and of tasks.

They stand here because ``activities`` lies below the desk: its models, forms and workflow know
nothing of pages, and these pages are put together from the desk's own.
"""
