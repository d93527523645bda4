"""What content announces, inside the transaction of the fact."""

from django.dispatch import Signal

path_steps_changed = Signal()  #: What a learning path asks for is different now. Facts: path, at.
