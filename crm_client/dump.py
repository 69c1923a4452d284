"""Saves a real organisation as files that the stand-in can load: `python -m crm_client.dump DIR`.

    CRM_TOKEN=… python -m crm_client.dump saved --api https://www.zohoapis.eu
    python -m crm_client.standin --org saved

Each file holds the API's own answer: org.json users.json profiles.json roles.json modules.json
fields/<Module>.json layouts/… related_lists/… custom_views/… pipelines/<layout id>.json wizards.json
wizards/<wizard id>/<layout id>.json blueprints/settings/<id>.json apis.json, and with --records also
records/<Module>.json and blueprints/<Module>/<record id>.json. What the token may not read is left out and listed.
The token comes from CRM_TOKEN or the file named by CRM_TOKEN_FILE, never from the command line, where others see it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from crm_client.client import CrmClient
from crm_client.datacentres import BUILT_IN, LOOPBACK, origin_of
from crm_client.errors import CrmError, InvalidName, NotSent, ServerFault, SignInError, TokenRefused, TooManyRequests
from crm_client.fields import Field
from crm_client.modules import Module
from crm_client.paging import numbered_pages
from crm_client.records import MOST_FIELDS
from crm_client.transport import StaticToken
from crm_client.values import JSON, JsonObject, as_id, as_object, as_objects

DEADLINE_S = 60.0
MOST_RECORDS = 2000  # of one module, unless told otherwise
MOST_BLUEPRINTS = 50  # records of one module whose blueprint is asked for
# after these the next call would fare no better
_HOPELESS = (NotSent, ServerFault, SignInError, TokenRefused, TooManyRequests)


class DumpError(Exception):
    """Why nothing, or not all, could be saved, as one sentence."""


class Dump:
    """One run: an organisation read through `crm` and written below `folder`."""

    def __init__(self, crm: CrmClient, folder: Path, say: Callable[[str], None]) -> None:
        self._crm = crm
        self._folder = folder
        self._say = say
        self.written = 0
        self.skipped: list[str] = []

    def run(self, records_of: list[str], most_records: int) -> None:
        """Saves everything; raises DumpError when it cannot go on, and leaves what was saved by then.

        records_of  API names of modules whose records are saved too; ["all"] for every browsable one
        """
        self._save("org.json", lambda: self._crm.get("/org"))
        self._save("users.json", lambda: self._paged("/users", "users", {"type": "AllUsers"}))
        self._save("roles.json", lambda: self._crm.get("/settings/roles"))
        self._save("profiles.json", self._profiles)
        self._save("apis.json", lambda: self._crm.get("/__apis"))
        modules = [Module.from_api(raw) for raw in self._items("modules.json", "modules", "/settings/modules")]
        for module in modules:
            if module.api_name and module.api_supported is not False:
                self._module(module.api_name)
        self._wizards()
        if self._crm.version >= 8:
            self._blueprints()
        wanted = [module.api_name for module in modules if module.is_browsable] if records_of == ["all"] else records_of
        for name in wanted:
            self._records(name, most_records)

    def _module(self, name: str) -> None:
        self._say(f"{name} …")
        self._save(f"fields/{name}.json", lambda: self._crm.get("/settings/fields", module=name, type="all"))
        for layout in self._items(f"layouts/{name}.json", "layouts", "/settings/layouts", module=name):
            layout_id = as_id(layout.get("id"))
            if name == "Deals" and layout_id:
                self._save(
                    f"pipelines/{layout_id}.json", partial(self._crm.get, "/settings/pipeline", layout_id=layout_id)
                )
        self._save(f"related_lists/{name}.json", lambda: self._crm.get("/settings/related_lists", module=name))
        self._save(
            f"custom_views/{name}.json", lambda: self._paged("/settings/custom_views", "custom_views", {"module": name})
        )

    def _profiles(self) -> JsonObject:
        """The list with each profile's permissions, which only the call for one profile gives."""
        body = self._crm.get("/settings/profiles")
        full = []
        for profile in as_objects(body.get("profiles")):
            id_ = as_id(profile.get("id"))
            alone = self._read(f"profile {id_}", partial(self._crm.get, f"/settings/profiles/{id_}")) or {}
            found = as_objects(alone.get("profiles"))
            full.append({**profile, **(found[0] if found else {})})
        return {**body, "profiles": full} if body else {}

    def _wizards(self) -> None:
        for wizard in self._items("wizards.json", "wizards", "/settings/wizards"):
            id_ = as_id(wizard.get("id"))
            for container in as_objects(wizard.get("containers")):
                layout_id = as_id(as_object(container.get("layout")).get("id"))
                if id_ and layout_id:
                    self._save(
                        f"wizards/{id_}/{layout_id}.json",
                        partial(self._crm.get, f"/settings/wizards/{id_}", layout_id=layout_id),
                    )

    def _blueprints(self) -> None:
        body = self._read("blueprints", lambda: self._crm.get("/settings/blueprints")) or {}
        for blueprint in as_objects(body.get("blueprints")):
            id_ = as_id(blueprint.get("id"))
            if id_:
                self._save(
                    f"blueprints/settings/{id_}.json",
                    partial(self._crm.get, f"/settings/blueprints/{id_}", include="state,transition"),
                )

    def _records(self, name: str, most: int) -> None:
        self._say(f"records of {name} …")
        whole: dict[str, JsonObject] = {}
        rows = self._read(f"records/{name}.json", lambda: self._rows(name, most, whole))
        if not rows:
            return
        self._write(f"records/{name}.json", {"data": list(whole.values())})
        in_process = [id_ for id_, record in whole.items() if record.get("$process_flow") is True]
        for id_ in in_process[:MOST_BLUEPRINTS]:
            self._save(f"blueprints/{name}/{id_}.json", partial(self._crm.get, f"/{name}/{id_}/actions/blueprint"))

    def _rows(self, name: str, most: int, whole: dict[str, JsonObject]) -> JsonObject:
        """Fills `whole` with up to `most` records by id; a list call takes 50 fields, so wide modules need several."""
        body = self._crm.get("/settings/fields", module=name)
        fields = [field.api_name for field in map(Field.from_api, as_objects(body.get("fields"))) if field.api_name]
        fields = [*fields, "$process_flow"]
        for start in range(0, len(fields), MOST_FIELDS):
            for n, record in enumerate(self._crm.records.all(name, fields[start : start + MOST_FIELDS])):
                if n >= most:
                    break
                if record.id:
                    whole.setdefault(record.id, {}).update(record.raw)
        return {"data": list(whole.values())} if whole else {}

    def _paged(self, path: str, key: str, params: Mapping[str, str]) -> JsonObject:
        pages = numbered_pages(self._crm.transport, path, key, params, what=path)
        items = [item for page in pages for item in page]
        return {key: items} if items else {}

    def _items(self, file: str, key: str, path: str, **params: str) -> list[JsonObject]:
        """Saves one answer and gives its list."""
        body = self._save(file, lambda: self._crm.get(path, **params))
        return as_objects((body or {}).get(key))

    def _save(self, file: str, ask: Callable[[], JsonObject]) -> JsonObject | None:
        """Asks and writes; nothing is written when there is nothing there (204)."""
        body = self._read(file, ask)
        if body:
            self._write(file, body)
        return body

    def _read(self, name: str, ask: Callable[[], JsonObject]) -> JsonObject | None:
        """The answer; None, and a line in `skipped`, when it may not be read."""
        try:
            return ask()
        except _HOPELESS as error:
            raise DumpError(f"{error} {error.next_step}") from error
        except CrmError as error:
            self.skipped.append(f"{name}: {error}")
            return None

    def _write(self, file: str, body: JSON) -> None:
        path = self._folder / file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", errors="replace")
        except OSError as error:
            raise DumpError(f"{path} cannot be written: {error.strerror}.") from error
        self.written += 1


def main(arguments: list[str] | None = None) -> int:
    """0 when saved (what was left out is listed), 1 when it could not go on; one sentence each on standard error."""
    asked = _parser().parse_args(arguments)
    try:
        with CrmClient(
            _api(asked.api), StaticToken(_token(os.environ)), version=asked.api_version, deadline_s=DEADLINE_S
        ) as crm:
            dump = Dump(crm, _empty_folder(asked.folder), lambda text: print(text, file=sys.stderr))
            try:
                dump.run(asked.records.split(",") if asked.records else [], asked.most_records)
            finally:
                for line in dump.skipped:
                    print(f"left out: {line}", file=sys.stderr)
    except (DumpError, InvalidName) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{dump.written} files in {asked.folder}, {len(dump.skipped)} left out")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crm_client.dump",
        description="Saves a Zoho CRM organisation as files that `python -m crm_client.standin --org DIR` can load.",
        epilog="The access token comes from the environment: CRM_TOKEN, or CRM_TOKEN_FILE naming a file.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="a folder to make; it must not hold anything yet")
    parser.add_argument(
        "--api",
        default=os.environ.get("CRM_API", ""),
        metavar="URL",
        help="API host, such as https://www.zohoapis.eu (default: CRM_API)",
    )
    parser.add_argument("--api-version", type=int, choices=(7, 8), default=8)
    parser.add_argument(
        "--records",
        default="",
        metavar="MODULES",
        help="also save records: API names with commas, or all. They are people's data: mind where",
    )
    parser.add_argument(
        "--most-records", type=int, default=MOST_RECORDS, metavar="N", help=f"of each module (default {MOST_RECORDS})"
    )
    return parser


def _api(address: str) -> str:
    """The API host, which must be one of Zoho's or on this machine: the token goes there."""
    if not address:
        raise DumpError("Which organisation? Give its API host with --api or CRM_API, such as https://www.zohoapis.eu.")
    origin = origin_of(address)
    known = {origin_of(host) for dc in BUILT_IN.values() for host in dc.api.values()}
    if origin is None or (origin not in known and origin[1] not in LOOPBACK):
        raise DumpError(f"{address} is none of Zoho's API hosts, so no token is sent there.")
    return address


def _token(environment: Mapping[str, str]) -> str:
    file = environment.get("CRM_TOKEN_FILE")
    if file:
        try:
            token = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise DumpError(f"The token's file {file} cannot be read: {error}.") from error
    else:
        token = environment.get("CRM_TOKEN", "").strip()
    if not token:
        raise DumpError("There is no access token: put one into CRM_TOKEN, or name a file by CRM_TOKEN_FILE.")
    return token


def _empty_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise DumpError(f"{folder} cannot be used: {error.strerror}.") from error
    if taken:
        raise DumpError(f"{folder} holds something already; name a folder that is empty or not there yet.")
    return folder


if __name__ == "__main__":
    sys.exit(main())
