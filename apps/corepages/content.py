"""Questions that people ask, and their answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    question: str
    answer: str


@dataclass(frozen=True)
class Topic:
    title: str
    answers: tuple[Answer, ...]


TOPICS = (
    Topic(
        "Starting",
        (
            Answer(
                "What is DeltaCrown?",
                "The place where Bangladesh's players find their team: profiles with your game IDs, teams with "
                "rosters and invitations, and a ranking that explains every point.",
            ),
            Answer("Does it cost anything?", "No. A profile, a team and everything around them are free."),
            Answer(
                "Which games can I play under?",
                "Nine: Valorant, Counter-Strike 2, Dota 2, eFootball, EA SPORTS FC, Mobile Legends: Bang Bang, "
                "Call of Duty: Mobile, Free Fire and PUBG Mobile.",
            ),
            Answer(
                "The mail with the link did not come.",
                "Look in the spam folder first. On the log-in page you can have it sent again. If it still does "
                "not come, write to us from the contact page and name the address.",
            ),
        ),
    ),
    Topic(
        "Profile and game IDs",
        (
            Answer(
                "How do I write my Riot ID?",
                "As the game shows it: name, #, tag. Like Rafi#BD01. The name has 3 to 16 characters, the tag 3 to 5.",
            ),
            Answer(
                "It says that my game ID belongs to somebody else.",
                "An ID stands on one profile only. If it is yours, write to us from the contact page with a "
                "screenshot of the game that shows the ID.",
            ),
            Answer(
                "Who sees my phone number and e-mail?",
                "Nobody, until you switch it on under Privacy. A private profile shows your name and picture and "
                "nothing else.",
            ),
        ),
    ),
    Topic(
        "Teams",
        (
            Answer(
                "How many players can a team have?",
                "Eight active members. A player can be in one team of each game at a time.",
            ),
            Answer(
                "How do I invite somebody?",
                "On your team's manage page: by player name, or by e-mail when they have no account yet. An "
                "invitation is open for seven days.",
            ),
            Answer(
                "I was invited by e-mail. What now?",
                "Sign up with that address and confirm it. The invitation then waits under My invitations.",
            ),
            Answer(
                "Can two teams have the same tag?",
                "No. Names and tags are unique, whatever the capitals, so that nobody plays under yours.",
            ),
        ),
    ),
    Topic(
        "Safety",
        (
            Answer(
                "How do I protect my account?",
                "Open Security and add a second step: a passkey on your phone, or codes from an authenticator "
                "app. Keep the recovery codes somewhere else.",
            ),
            Answer(
                "Somebody else is in my account.",
                "Open Security, end all other sessions, change your password, and write to us.",
            ),
            Answer(
                "How do I delete my account?",
                "Under Security, then Your data. You can change your mind for 14 days; after that everything "
                "personal is removed.",
            ),
        ),
    ),
)
