from django.urls import path

from suggestions.views import board, cases, commitments, desk, drafts, receipts, replies, responses, suggestions, verdicts

app_name = "suggestions"
urlpatterns = [
    # for everybody
    path("suggestions/", suggestions.suggestion_list, name="list"),
    path("suggestions/<str:reference>/", suggestions.suggestion_detail, name="detail"),
    path("suggestions/<str:reference>/withdraw/", suggestions.withdraw, name="withdraw"),
    path("suggestions/<str:reference>/questions/<uuid:question>/", replies.reply, name="reply"),
    path("suggestions/<str:reference>/deliveries/<uuid:delivery>/", verdicts.verdict, name="verdict"),
    path("write/", drafts.write, name="write"),
    path("write/about/", drafts.write_about, name="write_about"),
    path("write/details/", drafts.write_details, name="write_details"),
    path("write/check/", drafts.check, name="check"),
    path("receipt/", receipts.receipt, name="receipt"),
    path("receipt/forget/", receipts.forget, name="forget"),
    path("follow/", receipts.follow, name="follow"),
    # the desk: operator and city
    path("desk/", desk.queue, name="queue"),
    path("desk/<str:reference>/", cases.case, name="case"),
    path("desk/<str:reference>/acknowledge/", responses.acknowledge, name="acknowledge"),
    path("desk/<str:reference>/update/", responses.update, name="update"),
    path("desk/<str:reference>/ask/", responses.ask, name="ask"),
    path("desk/<str:reference>/decide/", responses.decide_case, name="decide"),
    path("desk/<str:reference>/settle/", responses.settle, name="settle"),
    path("desk/<str:reference>/clear/", responses.clear, name="clear"),
    path("desk/<str:reference>/promise/", commitments.promise, name="promise"),
    path("desk/<str:reference>/move-promise/", commitments.move, name="move_promise"),
    path("desk/<str:reference>/deliver/", commitments.deliver_case, name="deliver"),
    path("desk/<str:reference>/fix/", commitments.fix, name="fix"),
    path("board/", board.board, name="board"),
    path("board/rows/", board.board_rows, name="board_rows"),
]
