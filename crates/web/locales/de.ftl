# Um jede Seite
frame-skip = Zum Inhalt springen
frame-nav = Seiten
frame-folders = Meine Ordner
frame-language = Sprache
frame-set = Einstellen
frame-log-out = Abmelden
frame-logged-in-as = Angemeldet als { $name }
done-saved = Gespeichert.
done-logged-out = Sie sind abgemeldet.

# Anmelden
login-title = Anmelden
login-what = Mit dem Namen oder der E-Mail-Adresse und dem Passwort Ihres Kontos.
login-name = Name oder E-Mail-Adresse
login-password = Passwort
login-log-in = Anmelden
login-wrong = Name oder Passwort ist falsch.
login-wait =
    { $seconds ->
        [one] Zu viele Versuche. Bitte in einer Sekunde noch einmal.
       *[other] Zu viele Versuche. Bitte in { $seconds } Sekunden noch einmal.
    }

# Wenn eine Seite nicht gezeigt werden kann
error-home = Zu meinen Ordnern
error-session-title = Ihre Sitzung ist zu Ende
error-session = Es wurde nichts gespeichert. Melden Sie sich in einem anderen Tab an, kommen Sie mit „Zurück“ hierher, laden Sie die Seite neu und wiederholen Sie die Eingabe.
error-token = Es wurde nichts gespeichert: Das Formular gehört zu einer früheren Sitzung. Gehen Sie zurück, laden Sie die Seite neu und wiederholen Sie die Eingabe.
error-not-found-title = Nicht gefunden
error-not-found = Hier ist nichts, oder es ist nicht für Sie freigegeben.
error-form-title = Das geht so nicht
error-form = Es wurde nichts gespeichert.
error-refused-title = Nicht erlaubt
error-refused = Das dürfen Sie nicht. Es wurde nichts gespeichert.
error-server-title = Gerade nicht möglich
error-server = Der Server konnte das nicht tun. Es wurde nichts gespeichert; gleich klappt es vielleicht.

# Meine Ordner
home-title = Meine Ordner
home-what = Geben Sie Ordner für andere frei, und sehen Sie, wer was darin darf.
home-items =
    { $count ->
        [0] leer
        [one] ein Eintrag
       *[other] { $count } Einträge
    }
home-share = Freigeben
home-share-folder = { $folder } freigeben

# Arten von Ordnern
kind-mail = E-Mail
kind-calendar = Kalender
kind-contacts = Kontakte
kind-tasks = Aufgaben
kind-notes = Notizen
kind-files = Dateien
