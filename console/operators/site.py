"""Django's admin as operators have it: at /operators/, for those whom `make_operator` let in, to look only."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver

# One signs in and out as everywhere else in the console, and nobody here has a password.
_NOT_OURS = {"login", "logout", "password_change", "password_change_done", "view_on_site"}


class OperatorSite(admin.AdminSite):
    """To everybody else it is as if it were not there: the same 404 as any address that does not exist (D20)."""

    site_header = "CRM console: operators"
    site_title = "CRM console"
    index_title = "What the console holds"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: Any) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    def get_urls(self) -> list[Any]:
        found: list[URLPattern | URLResolver] = super().get_urls()
        return [one for one in found if getattr(one, "name", None) not in _NOT_OURS]

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes in only what looks and shows no secret: Django's own pages for groups, for example, would write."""
        if admin_class is not None and issubclass(admin_class, ReadOnly):
            super().register(model_or_iterable, admin_class, **options)


class ReadOnly(admin.ModelAdmin):
    """Every column of a model but those in `hidden`, to look at. Rows of a hall that hold no values of records."""

    hidden: ClassVar[tuple[str, ...]] = ()
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [field.name for field in self.opts.concrete_fields if field.name not in self.hidden]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Django would let an address filter by any column, and so find out a hidden one letter by letter."""
        return lookup.partition("__")[0] in self.list_filter

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
