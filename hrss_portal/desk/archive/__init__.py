"""The archive: files with their index, keeping periods, holds, disposal, one person's data."""
