"""How the pages name their static files."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names with a hash once `collectstatic` has run (production); before that the plain names, served as they lie."""

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name
