"""For a project whose views need the users of its own database."""

from django.contrib.auth import get_user_model
from rest_framework.exceptions import AuthenticationFailed

from gatehouse_drf import GatehouseAuthentication


class UserAuthentication(GatehouseAuthentication):
    """The user of this database: for views that no machine may call."""

    def user_of(self, claims):
        if claims["sub"] == claims.get("client_id"):  # Its id may be the name of a user here.
            raise AuthenticationFailed("A machine has no user.")
        user, _ = get_user_model().objects.get_or_create(username=claims["sub"])
        if not user.is_active:
            raise AuthenticationFailed("The user is deactivated.")
        return user
