"""Where instructors write what a course is made of."""
