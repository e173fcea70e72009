"""Users, units, posts, grants; one policy module; scoped querysets."""
