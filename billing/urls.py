"""Addresses of what is on offer, of one's own purchases, and of the books."""

from django.urls import path

from billing import book_views, views

app_name = "billing"

urlpatterns = [
    path("plans/", views.plans, name="plans"),
    path("plans/<uuid:plan_id>/order/", views.order_plan, name="order_plan"),
    path("courses/<slug:slug>/order/", views.order_course, name="order_course"),
    path("settings/payments/", views.overview, name="overview"),
    path("invoices/<uuid:invoice_id>/", views.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/invoice.pdf", views.invoice_pdf, name="invoice_pdf"),
    path("invoices/<uuid:invoice_id>/cancel/", views.order_cancel, name="order_cancel"),
    path(
        "subscriptions/<uuid:subscription_id>/cancel/",
        views.subscription_cancel,
        name="subscription_cancel",
    ),
    path(
        "subscriptions/<uuid:subscription_id>/resume/",
        views.subscription_resume,
        name="subscription_resume",
    ),
    path("invoices/", book_views.books, name="books"),
    path("invoices/<uuid:invoice_id>/payment/", book_views.payment, name="payment"),
    path(
        "payments/<uuid:payment_id>/take-back/",
        book_views.payment_take_back,
        name="payment_take_back",
    ),
]
