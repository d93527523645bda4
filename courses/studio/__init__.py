"""Where instructors make courses."""
