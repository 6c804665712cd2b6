"""TLS from the first minute: a certificate of our own until certbot brings one that browsers trust."""

from pathlib import Path

from deploy.deployer import commands
from deploy.deployer.installation import Installation


def ensure(site: Installation) -> bool:
    """Make a self-signed certificate when there is none. Return whether it was made."""
    folder = site.etc / "tls"
    folder.mkdir(mode=0o750, exist_ok=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if certificate.exists() and key.exists():
        return False
    draft, draft_key = Path(f"{certificate}.part"), Path(f"{key}.part")
    names = f"subjectAltName=DNS:{site.host},IP:127.0.0.1"
    commands.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "365", "-subj", f"/CN={site.host}", "-addext", names, "-keyout", draft_key, "-out", draft),
        ]
    )
    draft_key.chmod(0o600)
    draft_key.replace(key)
    draft.replace(certificate)
    return True
