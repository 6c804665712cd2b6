"""How much of what, in the social life of a team."""

from datetime import timedelta

POST_BODY_LIMIT = 5000
POST_PICTURES = 4
POST_PINS = 3
# Posts of one person in one team that nobody else sees yet.
POST_DRAFTS = 20
POST_UNDO_FOR = timedelta(days=7)
POSTS_PER_PAGE = 12
REASON_LIMIT = 300
ON_TOP_LIMIT = timedelta(days=60)
# More posts in thirty days earn no more points.
POSTS_THAT_COUNT = 30

THREAD_BODY_LIMIT = 5000
REPLY_BODY_LIMIT = 3000
THREADS_PER_PAGE = 20
THREAD_PINS_SHOWN = 5
REPLIES_PER_PAGE = 30
