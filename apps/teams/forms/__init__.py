"""What people type, a module for each noun. Services look again, under their locks."""
