"""Lets people reach for the same seat, team and captaincy at the same moment, and looks whether a rule ever broke."""
