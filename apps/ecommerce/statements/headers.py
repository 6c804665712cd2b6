"""Which column is which, by what its first line calls it. Every provider, and every year, calls them something else."""

import re
import unicodedata

# Names without case, signs and spaces. What ends in a currency or a unit has it taken off first.
_NAMES = {
    "trx_id": "trxid trxno txnid txnno transactionid transactionno transactionnumber trxnumber txid trnxid transid "
    "referenceno refno referencenumber instrumentno chequeno chequerefno ট্রানজেকশনআইডি ট্রানজেকশননম্বর লেনদেনআইডি",
    "amount": "amount credit creditamount cr cramount deposit deposits depositamount received receivedamount cashin "
    "paidin transactionamount trxamount txnamount in পরিমাণ টাকা জমা ক্রেডিট",
    "out": "debit debitamount dr dramount withdrawal withdrawals withdrawalamount paidout out ডেবিট উত্তোলন",
    "sender": "sender from fromaccount fromwallet sendernumber senderaccount sendermsisdn msisdn customer customerno "
    "customernumber customerwallet mobile mobileno mobilenumber phone account accountno payer counterparty party "
    "প্রেরক মোবাইল নম্বর হতে",
    "at": "date time datetime dateandtime transactiondate transactiontime trxdate txndate trxtime transactiondatetime "
    "completiontime initiationtime valuedate postingdate timestamp তারিখ সময়",
    "reference": "reference ref remark remarks narration description particulars details note notes comment "
    "customerreference invoiceno billno রেফারেন্স বিবরণ মন্তব্য",
}
_BY_NAME = {name: column for column, names in _NAMES.items() for name in names.split()}
_UNITS = re.compile(r"(?:\((?:bdt|tk|taka|৳)\.?\)|\b(?:bdt|taka|tk)\b|৳)\s*$")


def column_of(cell: str) -> str:
    """Return what the column holds: a key of ``_NAMES``, or nothing."""
    name = _UNITS.sub("", unicodedata.normalize("NFC", cell).strip().casefold())
    return _BY_NAME.get(re.sub(r"[^0-9a-z\u0980-\u09ff]", "", name), "")


def columns_of(cells: list[str]) -> dict[str, int]:
    """Return where each known column stands. Of two that mean the same, the first counts."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = column_of(cell)
        if column and column not in found:
            found[column] = place
    return found
