"""Decides whether a line is furniture of a web page, a button's or a label's words, and no text of an article.

Data and one look-up. The list is short on purpose: whole lines that no writer ends an article with.
"""

from __future__ import annotations

import re

_ENGLISH = """
share|share this|share this article|share this story|share this post|share on facebook|share on twitter|share on x
share on whatsapp|share on linkedin|share via email|tweet|tweet this|print|print this|print this article|email|e-mail
email this|email this article|send by email|save|bookmark|copy link|copy url|facebook|twitter|whatsapp|telegram|linkedin
pinterest|reddit|instagram|youtube|viber|messenger|read more|read more:|read next|continue reading|advertisement
advertisements|advertising|ad|sponsored|sponsored content|comments|comment|leave a comment|add a comment|post a comment
view comments|show comments|no comments|subscribe|subscribe now|sign up|sign in|log in|newsletter|follow us
follow us on facebook|follow us on twitter|related|related articles|related stories|related news|more stories
recommended|you may also like|back to top|top|home|share article|listen|listen to this article|skip advertisement
"""
_OTHERS = {
    "ar": "مشاركة|شارك|طباعة|إعلان|تعليقات|اقرأ المزيد|اشترك",
    "az": "paylaş|çap et|reklam|şərhlər|abunə ol",
    "de": "teilen|artikel teilen|drucken|artikel drucken|anzeige|werbung|kommentare|kommentieren|weiterlesen"
    "|mehr lesen|abonnieren",
    "es": "compartir|imprimir|publicidad|comentarios|leer más|suscríbete|suscribirse|síguenos",
    "fa": "اشتراک‌گذاری|چاپ|آگهی|نظرات",
    "fr": "partager|partager l'article|imprimer|publicité|commentaires|lire la suite|s'abonner|abonnez-vous",
    "he": "שתף|שיתוף|הדפסה|פרסומת|תגובות",
    "hy": "կիսվել|տպել|գովազդ|մեկնաբանություններ|բաժանորդագրվել",
    "it": "condividi|stampa|pubblicità|commenti|leggi tutto|leggi di più|abbonati|iscriviti",
    "ka": "გაზიარება|ბეჭდვა|რეკლამა|კომენტარები|გამოწერა",
    "nl": "delen|deel dit artikel|afdrukken|advertentie|reacties|lees meer|lees verder|abonneren",
    "pl": "udostępnij|drukuj|reklama|komentarze|czytaj więcej|czytaj dalej|subskrybuj",
    "pt": "compartilhar|compartilhe|partilhar|imprimir|publicidade|comentários|leia mais|ler mais|assine|subscrever",
    "ru": "поделиться|поделиться в соцсетях|печать|распечатать|версия для печати|реклама|комментарии"
    "|читать далее|подписаться|подписывайтесь",
    "tr": "paylaş|yazdır|reklam|yorumlar|devamını oku|abone ol",
    "uk": "поділитися|друк|роздрукувати|реклама|коментарі|читати далі|підписатися",
}  # fmt: skip
_LINES = frozenset(
    line.strip()
    for text in (_ENGLISH.replace("\n", "|"), *_OTHERS.values())
    for line in text.casefold().split("|")
    if line.strip()
)
# Counters, arrows and bullets around a button's words: "Share 12", "» Print", "[Comments (3)]".
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LONGEST = 40


def is_furniture(line: str) -> bool:
    """Say whether a line, alone and without white space around it, is nothing but a web page's furniture.

    Several buttons in one line ("Share Tweet Print", "Facebook | Twitter") are furniture if each is.
    """
    if len(line) > _LONGEST:
        return False
    words = _AROUND.sub("", line.casefold().replace("’", "'"))
    if words in _LINES:
        return True
    parts = [_AROUND.sub("", part) for part in re.split(r"\s*[|/·•,]\s*|\s+", words)]
    return len(parts) > 1 and all(part in _LINES for part in parts if part)
