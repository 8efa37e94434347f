"""Loading the nation's public reference files, by file."""

from directory.actions.corporations import import_corporations
from directory.actions.loading import Bad, BadRows, Loaded, NotThatFile
from directory.actions.postal import import_postal

__all__ = ["Bad", "BadRows", "Loaded", "NotThatFile", "import_corporations", "import_postal"]
