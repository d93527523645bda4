"""What changes content: the media library, content items, and the outline of a course."""
