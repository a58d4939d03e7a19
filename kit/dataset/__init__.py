"""The service: one shared dataset, in a folder (later also a hub), behind one interface.

>>> from kit.dataset import open_dataset
>>> shared = open_dataset("my-dataset")                      # doctest: +SKIP
>>> shared.upload("davis_march.csv").text("en")              # doctest: +SKIP
"""

from kit.dataset.local import Dataset, create, open_dataset
from kit.dataset.receipt import Receipt
from kit.dataset.state import Submission
from kit.dataset.view import View

__all__ = ["Dataset", "Receipt", "Submission", "View", "create", "open_dataset"]
