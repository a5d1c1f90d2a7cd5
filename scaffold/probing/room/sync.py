"""Folders that a program copies to a cloud and back."""

from __future__ import annotations

import re

#: What the folder of a service is called -> the service: a part of a path, whole or with the account.
_FOLDERS = (
    (r"onedrive(?: - .+)?|skydrive", "OneDrive"),
    (r"dropbox(?: \(.+\))?|dropbox-(?:personal|business)", "Dropbox"),
    (r"google ?drive|my ?drive|drivefs|googledrive-.+", "Google Drive"),
    (r"mobile documents|icloud ?drive(?: \(archive\))?|com~apple~clouddocs", "iCloud Drive"),
    (r"box|box ?sync|box-box", "Box"),
    (r"nextcloud\d*|owncloud", "Nextcloud"),
    (r"nutstore(?:files)?|我的坚果云|坚果云", "Nutstore (坚果云)"),
    (r"baidusyncdisk|baidunetdiskworkspace|百度网盘同步空间|百度网盘", "BaiduSyncdisk (百度网盘)"),
    (r"wpsdrive|wps云盘|wps ?cloud ?files", "WPS Drive (WPS云盘)"),
    (r"pcloud ?drive", "pCloud"),
    (r"mega ?sync|megasync downloads", "MEGA"),
    (r"seafile", "Seafile"),
    (r"yandex\.?disk", "Yandex Disk"),
    (r"creative cloud files", "Creative Cloud"),
)
_WORDS = re.compile(
    r"onedrive|dropbox|google drive|icloud|nutstore|坚果云|百度网盘|baidusync|nextcloud|owncloud|pcloud|"
    r"box sync|yandex\.?disk",
    re.IGNORECASE,
)


def synchronised_by(text: str, *, words: bool = False) -> str:
    r"""The service below whose folder a path lies; with ``words`` also one that a sentence names.

    >>> synchronised_by(r"C:\\Users\\ada\\OneDrive - Uni\\net\\.venv")
    'OneDrive'
    >>> synchronised_by("/home/ada/dropbox-clone/net"), synchronised_by("inside a Dropbox", words=True)
    ('', 'Dropbox')
    >>> synchronised_by("/Users/ada/Library/Mobile Documents/net")
    'iCloud Drive'
    >>> synchronised_by("/Users/ada/Library/CloudStorage/GoogleDrive-ada@x.org/My Drive/net")
    'Google Drive'
    """
    for part in re.split(r"[/\\]", text):
        for pattern, service in _FOLDERS:
            if re.fullmatch(pattern, part.strip(), re.IGNORECASE) and not _is_plain(part, text):
                return service
    found = _WORDS.search(text) if words else None
    if found is None:
        return ""
    return next(
        (service for pattern, service in _FOLDERS if re.match(pattern, found[0], re.IGNORECASE)), found[0]
    )


def _is_plain(part: str, text: str) -> bool:
    """``box`` is a word: it counts where the folder of a person's cloud would lie."""
    if part.lower() != "box":
        return False
    return not re.search(r"(?:users|home)[/\\][^/\\]+[/\\]Box(?:[/\\]|$)|CloudStorage[/\\]Box", text)
