"""Cache keys of this app. All of it can be made again from the database."""

MINUTE = 60

OUTLINE_SECONDS = 15 * MINUTE
MEDIA_SECONDS = MINUTE  # how long a change of access may take to hold for a file already looked up
VIEWER_SECONDS = MINUTE
PRESENCE_SECONDS = MINUTE
TRANSFER_SECONDS = 10 * MINUTE


def outline_key(course_id, outline_version):
    """Each change of a course's outline has a version of its own, so nothing needs to be dropped."""
    return f"content:outline:4:{course_id}:{outline_version}"


def guest_outline_key(course, language):
    """With the course's address, which its links begin with."""
    return f"content:outline-page:1:{course.pk}:{course.outline_version}:{course.slug}:{language}"


def media_key(media_id):
    return f"content:media:1:{media_id}"


def viewer_key(user_id, course_id):
    return f"content:viewer:1:{user_id}:{course_id}"


def presence_key(course_id):
    return f"content:presence:1:{course_id}"


def transfer_key(transfer_id):
    return f"content:transfer:1:{transfer_id}"
