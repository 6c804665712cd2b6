"""/api/v1/teams/<slug>/promotions/: places with prices, the team's own, book one, end one. Rules are the page's."""

from typing import Any, cast

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.teams import permissions
from apps.teams.models import PromotionPlace, TeamPromotion
from apps.teams.selectors import promotion_calendar, promotion_terms, promotions, rosters
from apps.teams.services import promotions as services


class PlaceSerializer(serializers.ModelSerializer[PromotionPlace]):
    class Meta:
        model = PromotionPlace
        fields = ["kind", "price_per_day", "slots", "longest", "is_bookable"]


class PromotionSerializer(serializers.ModelSerializer[TeamPromotion]):
    state = serializers.CharField()

    class Meta:
        model = TeamPromotion
        fields = ["id", "kind", "headline", "starts_at", "ends_at", "state", "price", "refunded", "reason"]


class NewPromotionSerializer(serializers.Serializer[dict[str, Any]]):
    """``expected_price``: what the caller reckons with, in DC. ``request_id``: a repeated call is the same booking."""

    kind = serializers.ChoiceField(choices=PromotionPlace.Kind.choices)
    first_day = serializers.DateField()
    days = serializers.IntegerField(min_value=1)
    headline = serializers.CharField(max_length=80, allow_blank=True, default="")
    expected_price = serializers.IntegerField(min_value=1)
    request_id = serializers.UUIDField()


class PromotionList(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_view_finances(standing)
        return Response(
            {
                "places": PlaceSerializer(promotion_calendar.places(), many=True).data,
                "terms": promotion_terms.TERMS,
                "results": PromotionSerializer(promotions.promotions_of(team), many=True).data,
            }
        )

    def post(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_book_promotion(standing)
        asked = NewPromotionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        booked = services.book_promotion(actor=cast(User, request.user), team_id=team.pk, **asked.validated_data)
        return Response(PromotionSerializer(booked).data, status=201)


class CancelPromotion(APIView):
    permission_classes = [IsAuthenticated]

    def post(self, request: Request, slug: str, promotion_id: int) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_book_promotion(standing)
        promotion = promotions.promotion_of(team, promotion_id)
        ended = services.withdraw_promotion(actor=cast(User, request.user), promotion_id=promotion.pk)
        return Response(PromotionSerializer(ended).data)
