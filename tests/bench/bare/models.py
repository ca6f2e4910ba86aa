"""The one table that the reference reads through the ORM."""

from django.db import models


class Suggestion(models.Model):
    title = models.CharField(max_length=120)
    text = models.TextField()
    supports = models.IntegerField()
    received_at = models.DateTimeField()

    class Meta:
        managed = False
        app_label = "bare"
        db_table = '"bare"."suggestion"'

    def __str__(self):
        return self.title
