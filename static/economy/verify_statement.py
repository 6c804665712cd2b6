"""Check a DeltaCoin statement on your own computer: python3 verify_statement.py statement.json

It needs nothing but Python. It recomputes every hash and every balance, and prints the last hash. Compare that with the
one on your wallet page: when both are equal, nothing on the statement was changed after it was written.
"""

# ruff: noqa: PTH123, T201 - a program of its own

import hashlib
import json
import sys

WALLET, SEQUENCE, AMOUNT, BALANCE, PREVIOUS = 1, 2, 3, 4, 14


def check(statement):
    """Return what is wrong, as sentences; nothing when all is right."""
    wrong, balance, last = [], 0, ""
    chain = statement["chain"][::-1]
    if len(chain) != statement["entries"]:
        wrong.append(f"The statement says {statement['entries']} entries and holds {len(chain)}.")
    for number, entry in enumerate(chain, 1):
        fields = entry["fields"]
        text = "\n".join("" if field is None else str(field) for field in fields)
        if hashlib.sha256(text.encode()).hexdigest() != entry["hash"]:
            wrong.append(f"Entry {number} was changed: its hash is another.")
        if fields[WALLET] != statement["wallet"] or fields[SEQUENCE] != number or fields[PREVIOUS] != last:
            wrong.append(f"Entry {number} does not follow the one before.")
        balance += fields[AMOUNT]
        if fields[BALANCE] != balance or balance < 0:
            wrong.append(f"The balance after entry {number} is not the sum of the entries.")
        last = entry["hash"]
    if balance != statement["balance"] or last != statement["head_hash"]:
        wrong.append("The last entry is not the head of the wallet.")
    return wrong


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        given = json.load(file)
    faults = check(given)
    for fault in faults:
        print(fault)
    print(f"{len(given['chain'])} entries, {given['balance']} DC, last hash {given['head_hash']}")
    sys.exit(1 if faults else 0)
