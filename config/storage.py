"""Where static files are kept for serving."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Compressed, under names with a hash of their content, also those that a script module imports.

    Browsers keep such a file for good and still get a changed one at once. Only our own scripts are looked
    through: libraries name files in comments that they do not bring.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
