"""What a release looks at before it is put before visitors, how it migrates, and the deployments as rows.

The programs that deploy are in ``deploy/``; they ask the release by ``manage.py``. See docs/deployment.md.
"""
