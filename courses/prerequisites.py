"""Circles among prerequisites, found without a database."""

from collections import defaultdict
from collections.abc import Hashable, Iterable


def cycle_through(start: Hashable, links: Iterable[tuple[Hashable, Hashable]]) -> list:
    """The shortest circle that leads from `start` back to it, with `start` at both ends; [] if none does.

    `links` are pairs (course, course that must be completed before).
    """
    needs = defaultdict(list)
    for course, required in links:
        needs[course].append(required)
    came_from = {}
    waiting = [start]
    for course in waiting:  # grows while it is walked: nearest courses first
        for required in needs[course]:
            if required == start:
                return _path_back(course, came_from) + [start]
            if required not in came_from:
                came_from[required] = course
                waiting.append(required)
    return []


def _path_back(course, came_from):
    path = [course]
    while course in came_from:
        course = came_from[course]
        path.append(course)
    return path[::-1]
