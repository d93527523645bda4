"""Refusals of the services of learning paths. Each message is a sentence for the person who asked."""


class PathRefused(ValueError):
    """A change of a path that its rules forbid."""


class NotReady(PathRefused):
    """The path cannot be published yet. `problems` says what stands in the way."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__(" ".join(str(problem.text) for problem in problems))
