"""Takes away, slows down, freezes and cuts off each thing that the site leans on, and measures what visitors see."""
