"""How products are grouped: by what they are, and by who makes them."""

from django.db import models
from django.db.models import Q


class Category(models.Model):
    """A shelf of the store. Shelves stand beside each other: two levels would hide half of forty products."""

    name = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(max_length=50, unique=True)
    position = models.PositiveSmallIntegerField(default=100, help_text="Lower ones come first.")
    motif = models.CharField(max_length=12, default="box", help_text="Drawn where a product has no picture.")

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="ecommerce_category_named")]

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """Who makes it."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=70, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="ecommerce_brand_named")]

    def __str__(self) -> str:
        return self.name
