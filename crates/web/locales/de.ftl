# Um jede Seite
frame-skip = Zum Inhalt springen
frame-nav = Seiten
frame-folders = Meine Ordner
frame-shared = Freigaben
frame-phones = Meine Telefone
frame-changes = Nicht erlaubt
frame-language = Sprache
frame-set = Einstellen
frame-log-out = Abmelden
frame-logged-in-as = Angemeldet als { $name }
done-saved = Gespeichert.
done-asked = Sie haben darum gebeten. Sie erfahren, was entschieden wird.
done-applied = Übernommen. Alle Geräte zeigen es.
done-declined = Abgelehnt. Wer darum gebeten hat, erfährt es.
done-wiped = Das Gerät bekommt den Auftrag, sich zu löschen, sobald es sich meldet.
done-dismissed = Abgelegt. Es bleibt in der Liste.
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

# Den Server verwalten
frame-admin = Verwaltung
admin-nav = Verwaltung
admin-users = Benutzer
admin-groups = Gruppen
admin-find = Name oder E-Mail enthält
admin-pages = Seiten der Liste
admin-earlier = Zurück
admin-later = Weiter
admin-rows = { $first } bis { $last } von { $total }
admin-name = Name
admin-display-name = Voller Name
admin-email = E-Mail
admin-state = Zustand
admin-is-admin = Admin
admin-is-disabled = Gesperrt
admin-add = Hinzufügen
admin-add-user = Neuer Benutzer
admin-no-password = Ohne Passwort meldet er sich nur mit App-Passwörtern an.
admin-make-admin = Ist Systemverwalter: darf den Server verwalten und die Rechte jedes Ordners ändern
admin-added = seit { $at }
admin-login = Anmeldung
admin-disabled-what = Dieser Benutzer kann sich nicht anmelden. Was ihm gehört, bleibt, und wem er etwas freigibt, behält den Zugriff.
admin-enabled-what = Dieser Benutzer kann sich anmelden. Sperren beendet das sofort, auf allen seinen Geräten; was ihm gehört, bleibt.
admin-yourself = Das sind Sie. Niemand kann sich hier selbst sperren oder entfernen.
admin-enable = Freischalten
admin-disable = Sperren
admin-new-password = Neues Passwort
admin-app-password = App-Passwort für ein Programm
admin-app-label = Wofür es ist
admin-app-password-is = Das App-Passwort ist { $secret }. Es wird nur jetzt gezeigt.
admin-make = Erzeugen
admin-no-groups = In keiner Gruppe.
admin-through = über eine andere Gruppe
admin-leave = Herausnehmen
admin-leave-name = Aus { $name } herausnehmen
admin-join-group = In die Gruppe aufnehmen
admin-folders = Ordner
admin-remove = Endgültig entfernen
admin-remove-user = Der Benutzer geht mit allen seinen Ordnern und allem darin. Was er in Ordner anderer gelegt hat, bleibt.
admin-remove-group = Die Gruppe geht, und mit ihr, was ihre Mitglieder durch sie dürfen.
admin-type-name = Zum Bestätigen „{ $name }“ eingeben
admin-add-group = Neue Gruppe
admin-members-count =
    { $count ->
        [0] keine Mitglieder
        [one] ein Mitglied
       *[other] { $count } Mitglieder
    }
admin-members = Mitglieder
admin-no-members = Noch niemand.
admin-add-member = Mitglied hinzufügen
admin-member-name = Name eines Benutzers oder einer Gruppe
admin-join-circle = { $member } kann nicht in { $group } aufgenommen werden. Eine Gruppe kann sich nicht selbst enthalten, auch nicht über andere Gruppen, und höchstens { $depth } Gruppen liegen ineinander.
admin-join-unknown = Es gibt keinen Benutzer und keine Gruppe „{ $member }“.
admin-exists = Der Name oder die Adresse ist vergeben. Es wurde nichts gespeichert.
admin-gone = Das gibt es nicht. Es wurde nichts gespeichert.
admin-invalid = Das geht so nicht. Es wurde nichts gespeichert.
admin-no-button = Die Seite kennt diesen Knopf nicht. Es wurde nichts gespeichert.
audit-title = Protokoll
audit-what = Wer wessen Rechte, Benutzer, Gruppen und Geräte geändert hat, von was auf was, und von wo aus.
audit-user = Von oder über diesen Benutzer, diese Gruppe oder diesen Bereich
audit-folder = Über diesen Ordner
audit-show = Zeigen
audit-unknown = Diesen Benutzer, diese Gruppe, diesen Bereich oder Ordner gibt es nicht.
audit-nothing = Nichts.
audit-when = Wann
audit-who = Wer
audit-did = Was
audit-change = Von was auf was
audit-before = vorher:
audit-now = jetzt:
audit-newest = Neueste
audit-older = Ältere
audit-operator = der Betreiber
audit-on-behalf = im Namen von { $name }
audit-grant = änderte die Rechte von
audit-add-user = legte den Benutzer an:
audit-add-group = legte die Gruppe an:
audit-add-space = legte den Bereich an:
audit-remove-user = entfernte den Benutzer
audit-remove-group = entfernte die Gruppe
audit-remove-space = entfernte den Bereich
audit-join = nahm in eine Gruppe auf:
audit-leave = nahm aus einer Gruppe heraus:
audit-disable = sperrte
audit-enable = schaltete frei:
audit-password = setzte das Passwort von
audit-app-password = erzeugte ein App-Passwort für
audit-device-standing = entschied über ein Gerät von
audit-wipe = ordnete an, ein Gerät zu löschen, von
audit-remove-device = entfernte ein Gerät von
device-title = Geräte
device-of-user = Nur die des Benutzers
device-no-user = Diesen Benutzer gibt es nicht.
device-none = Keine Geräte.
device-device = Gerät
device-program = Programm
device-version = Protokollversion
device-first-seen = Zuerst gesehen
device-last-seen = Zuletzt gesehen
device-trouble = Schwierigkeiten
device-trouble-at = { $what }, { $at }
device-allowed = Erlaubt
device-quarantined = In Quarantäne
device-blocked = Blockiert
device-wipe-asked = Löschen angeordnet
device-wipe-told = Zum Löschen aufgefordert
device-wipe-done = Gelöscht
device-wipe-failed = Löschen misslungen
device-allow = Erlauben
device-quarantine = In Quarantäne nehmen
device-block = Blockieren
device-standing-what = Ein erlaubtes Gerät gleicht ab. Eines in Quarantäne bekommt nichts, bis Sie es erlauben; ein blockiertes wird abgewiesen. Ein Gerät zu erlauben nimmt auch die Anordnung zurück, es zu löschen.
device-folders = Was es abgleicht
device-no-folders = Noch keine Ordner.
device-folder = Ordner
device-items = Einträge darauf
device-behind = Änderungen, die noch kommen
device-wipe = Löschen
device-wipe-what = Das Gerät wird beim nächsten Kontakt aufgefordert, entweder alles aus diesem Konto oder alles überhaupt zu löschen, auch Fotos. Hat es das getan, bringt das nichts zurück.
device-wipe-account = Konto löschen
device-wipe-whole = Ganzes Gerät löschen
device-remove = Gerät vergessen
device-remove-what = Kommt es wieder, fängt es von vorn an und bekommt alles neu.
space-title = Bereiche
space-what = Konten, mit denen sich niemand anmeldet, für Ordner, die niemandem allein gehören.
space-one = Bereich
space-add = Neuer Bereich
space-no-folders = Noch keine Ordner.
space-add-folder = Neuer Ordner
space-path = Name, oder Pfad wie Mannschaften/Jugend
space-kind = Was er enthält
space-remove = Der Bereich geht mit allen seinen Ordnern und allem darin.
audit-folder-made = legte den Ordner an:
audit-folder-renamed = benannte den Ordner um:
audit-folder-removed = entfernte den Ordner
notice-title = Mitteilung
notice-what = Das erfährt, wessen Änderung nicht erlaubt war, mit den Vorlagen, die gelten. Die Änderung ist erfunden.
notice-problem = Ihre eigene Vorlage lässt sich nicht ausfüllen. Bis dahin gehen Mitteilungen mit der eingebauten hinaus.
notice-html = Das HTML daneben

# Die Freigabe-Seite
share-title = { $folder } freigeben
share-owner = Dieser Ordner gehört { $owner } und ist für { $owner } immer ganz offen.
share-you-may = Sie dürfen { $rights }.
share-ask = Wer hier was darf, bestimmen der Besitzer und:
share-add-title = Personen hinzufügen
share-search-users = Benutzer suchen
share-search-groups = Gruppen suchen
share-search-hint = Name oder E-Mail
share-search = Suchen
share-add-users = Benutzer hinzufügen
share-add-groups = Gruppen hinzufügen
share-nothing-found = Niemand gefunden.
share-is-there = in der Liste
share-found-more =
    { $count ->
        [one] Noch einer: Geben Sie mehr vom Namen ein.
       *[other] Noch { $count }: Geben Sie mehr vom Namen ein.
    }
share-everyone = Alle
share-kind-everyone = alle, die sich anmelden können
share-kind-user = Benutzer
share-kind-group = Gruppe
share-list-title = Rechte der ausgewählten Benutzer und Gruppen
share-nobody = Außer dem Besitzer darf hier noch niemand etwas. Suchen Sie oben, für wen Sie freigeben möchten.
share-new = neu
share-has-ended = abgelaufen
share-folder = Ordner
share-read = Lesen
share-write = Ändern
share-delete = Löschen
level-folder-none = Kein Zugriff
level-folder-visible = Ordner sehen
level-folder-create = Objekte anlegen
level-folder-subfolders = Unterordner anlegen
level-folder-admin = Verwalten
level-none = Nichts
level-own = Eigene
level-all = Alle
level-admin = Verwalten
share-may = Darf { $rights }.
share-wasted-folder = Die Stufe für den Ordner hat keine Wirkung.
share-wasted-read = Lesen hat keine Wirkung: Ohne „Ordner sehen“ bleibt der Ordner verborgen.
share-wasted-write = Ändern reicht nicht weiter als Lesen: Was man nicht liest, kann man nicht ändern.
share-wasted-delete = Löschen reicht nicht weiter als Lesen: Was man nicht liest, kann man nicht löschen.
share-presets = Vorlagen
share-viewer = Leser
share-contributor = Einwerfer
share-author = Autor
share-editor = Bearbeiter
share-admin = Verwalter
share-further = Enddatum, private Einträge
share-until = Letzter Tag
share-busy = Belegte Zeiten
share-busy-none = Keine
share-busy-time = Nur Zeiten
share-busy-details = Zeiten und Inhalt
share-private = Sieht private Einträge anderer
share-remove = Entfernen
share-remove-name = { $name } entfernen
share-removed = Wird beim Speichern entfernt.
share-put-back = Zurücknehmen
share-put-back-name = { $name } wieder aufnehmen
share-preview-title = Was sich ändert
share-preview = Zeigen, was sich ändert
share-unchanged = Noch ist nichts geändert.
share-no-effect = Das ändert für niemanden etwas: Andere Rechte sagen dasselbe, oder es hat keine Wirkung.
share-gains = Darf jetzt { $rights }.
share-losses = Darf nicht mehr { $rights }.
share-more =
    { $count ->
        [one] und noch jemand
       *[other] und { $count } weitere
    }
share-told = Alle Betroffenen bekommen eine Nachricht.
share-skipped = Diese Ordner bleiben, wie sie sind, weil Sie sie nicht verwalten:
share-give-up = Ich gebe mein eigenes Recht auf, diesen Ordner zu verwalten
share-depth = Auch auf alle Unterordner anwenden
share-save = Speichern
share-discard = Verwerfen
share-look-first = Es ist noch nichts gespeichert. Unten steht, was sich ändert; speichern Sie noch einmal, wenn es so sein soll.
share-conflict = Jemand anderes hat diese Liste inzwischen geändert. Von Ihnen ist noch nichts gespeichert: Ihre Änderungen stehen unten, auf der Liste, wie sie jetzt ist.
share-missed-title = Was andere geändert haben
share-missed = { $by } hat { $name } geändert: vorher { $old }, jetzt { $new }.
share-no-grant = nichts
share-not-admin = Nur wer den Ordner verwaltet, darf bestimmen, wer was darin darf.
share-beyond-folder = { $name }: Sie können für den Ordner keine höhere Stufe geben als Ihre eigene.
share-beyond-read = { $name }: Sie können andere nicht mehr lesen lassen, als Sie dürfen.
share-beyond-write = { $name }: Sie können andere nicht mehr ändern lassen, als Sie dürfen.
share-beyond-delete = { $name }: Sie können andere nicht mehr löschen lassen, als Sie dürfen.
share-beyond-private = { $name }: Sie sehen private Einträge anderer selbst nicht.
share-beyond-busy = { $name }: Sie können von den belegten Zeiten nicht mehr geben, als Sie wissen.
share-raises = Zusammen mit anderen Rechten dürfte { $name } dann mehr als Sie: { $rights }.
share-lock-out = Es bliebe niemand, der den Ordner verwaltet.
share-own-admin = Sie würden diesen Ordner nicht mehr verwalten. Kreuzen Sie unten an, wenn Sie das wollen.
share-unknown = { $name } gibt es nicht mehr.
share-twice = { $name } steht zweimal in der Liste.
share-ended = { $name }: Der letzte Tag ist schon vorbei.
share-too-many = Eine Liste hat höchstens { $count } Einträge. Nehmen Sie eine Gruppe.

# Für mich freigegeben, von mir freigegeben
shared-with = Für mich freigegeben
shared-with-none = Niemand gibt einen Ordner für Sie frei.
shared-by = Von mir freigegeben
shared-by-none = Sie geben keinen Ordner frei.
shared-of = von { $owner }
shared-through = gegeben an { $names }
shared-until = bis { $time }
shared-on-phone = Auf Ihrem Telefon: { $phone }

# Ein Ordner mit den Augen eines anderen
view-title = So sieht es { $name }
view-back = { $folder } freigeben
view-may = { $name } darf { $rights }.
view-disabled = Dieser Benutzer kann sich zurzeit nicht anmelden.
view-why = Warum?
view-owner = Der Ordner gehört ihm: Er darf alles, was auch immer die Liste sagt.
view-no-grant = Kein Recht der Liste gilt für diesen Benutzer.
view-through = Über { $groups }
view-gives = Bestimmt: { $levels }
view-items = Einträge
view-empty = Es gibt keine Einträge.
view-item = Eintrag
view-item-owner = Angelegt von
view-class = Für diesen Benutzer
view-item-may = Was er damit kann
view-nobody = niemand
view-class-mine = eigener
view-class-mine-private = eigener, privat
view-class-others = fremder
view-class-others-private = fremder, privat
view-reads = lesen
view-changes = ändern
view-deletes = löschen
view-unseen = sieht ihn nicht
view-not-yours = Diesen Eintrag dürfen Sie nicht lesen.
view-next = Weitere Einträge
share-view-title = Ansehen als
share-view-what = Den Ordner mit den Augen eines anderen sehen, und warum er darf, was er darf.
share-view-user = Name des Benutzers
share-view = Ansehen

# Meine Telefone
phones-title = Meine Telefone
phones-what = Was jedes Ihrer Geräte bekommt. Eine Auswahl erreicht ein wartendes Gerät binnen zwei Sekunden.
phones-none = Von Ihnen hat sich noch kein Gerät gemeldet.
phones-version = ActiveSync { $version }
phones-last = zuletzt da { $at }
phones-first = zuerst da { $at }
phones-wipe-asked = Soll gelöscht werden
phones-wipe-told = Löschauftrag erhalten
phones-wipe-done = Gelöscht
phones-wipe-failed = Löschen misslungen
phones-quarantined = Wartet auf einen Admin
phones-blocked = Gesperrt
phones-trouble = hatte am { $at } ein Problem
phones-behind = hat noch Änderungen abzuholen
phones-current = auf dem neuesten Stand
phones-shared = Freigegebene Ordner
phones-shown = Auf diesem Gerät
phones-notices = Mitteilungen
phones-notices-what = Eine Mitteilung ist die Nachricht über eine nicht erlaubte Änderung.
phones-configured = für alle
phones-set = von einem Admin gesetzt
phones-account = alle Ordner von { $owner }, von einem Admin gesetzt
phones-closed = Sie haben keinen Zugriff mehr
phones-save = Speichern
phones-folders =
    { $count ->
        [one] Ein Ordner
       *[other] { $count } Ordner
    }
phones-folders-title = Die Ordner dieses Geräts
phones-folder = Ordner
phones-holds = Enthält
phones-state = Stand
phones-remove = Entfernen
phones-remove-what = Der Server vergisst das Gerät und dessen Stand. Auf dem Gerät wird nichts gelöscht: Kennt es noch Ihr Passwort, fängt es beim nächsten Mal von vorn an. Entfernen Sie zuerst das Konto auf dem Gerät.
phones-remove-now = Dieses Gerät entfernen
phones-wipe = Löschen
wipe-title = { $phone } löschen
wipe-what = Für ein Gerät, das verloren ist oder weggegeben wird. Der Auftrag wird ausgeführt, sobald sich das Gerät meldet; bis dahin bekommt es nichts anderes. Was darauf gelöscht ist, lässt sich nicht wiederherstellen. Was das Gerät noch nicht geschickt hat, ist verloren. Was auf dem Server ist, bleibt.
wipe-choose = Was gelöscht wird
wipe-account = Nur dieses Konto: seine E-Mails, Termine, Kontakte, Aufgaben und Notizen
wipe-whole = Das ganze Gerät: alles darauf, auch private Fotos und andere Konten
wipe-sure = Ich weiß, dass sich das auf dem Gerät nicht rückgängig machen lässt.
wipe-unsure = Es wurde nichts beauftragt: Bestätigen Sie zuerst, dass Sie es so meinen.
wipe-now = Gerät löschen
wipe-cancel = Abbrechen

# Nicht erlaubte Änderungen
changes-title = Nicht erlaubte Änderungen
changes-what = Nichts, was Sie eingeben, geht verloren: Was nicht gespeichert werden konnte, steht hier, und Sie können darum bitten.
changes-requests = Andere bitten Sie darum
changes-own = Ihre eigenen
changes-none = Alle Ihre Änderungen wurden gespeichert.
changes-older = Ältere
changes-first = Zurück zu den neuesten
changes-nameless = ein Eintrag
changes-create = Neu: { $what }
changes-change = Änderung: { $what }
changes-delete = Löschen: { $what }
changes-move = Verschieben: { $what }
changes-place = { $folder } (von { $account })
changes-to = nach { $place }
changes-times = { $count }-mal versucht, zuletzt am { $last }
changes-reason-access = Nicht erlaubt.
changes-reason-conflict = Jemand anders war schneller.
changes-reason-gone = Den Eintrag gibt es nicht mehr.
changes-reason-stale = Ihr Gerät hatte einen alten Stand.
changes-reason-unreadable = Was Ihr Gerät geschickt hat, ließ sich nicht lesen.
changes-told = { $name } bekam die Auskunft:
changes-silent = Das hat Ihr Gerät von selbst getan.
changes-state-open = Nicht gespeichert
changes-state-asked = Erbeten
changes-state-applied = Übernommen
changes-state-declined = Abgelehnt
changes-state-dismissed = Erledigt
changes-state-clash = Inzwischen geändert
changes-difference = Der Unterschied, Angabe für Angabe
changes-property = Angabe
changes-stands = Auf dem Server
changes-you-tried = Was Sie wollten
changes-who-tried = Was { $name } möchte
changes-differs = verschieden
changes-not-set = nicht gesetzt
changes-more-lines =
    { $count ->
        [one] Und eine weitere Angabe.
       *[other] Und { $count } weitere Angaben.
    }
changes-you-asked = Sie haben am { $at } darum gebeten.
changes-who-asks = { $name } bittet darum, { $at }.
changes-answered = { $name } hat am { $at } geantwortet.
changes-operator = Der Betreiber des Servers
changes-ask = Darum bitten
changes-ask-line = Eine Zeile an die Verantwortlichen des Ordners
changes-send = Bitte abschicken
changes-approve = Übernehmen
changes-apply = Jetzt übernehmen
changes-apply-over = Über den jetzigen Stand übernehmen
changes-decline = Ablehnen
changes-decline-line = Eine Zeile als Antwort
changes-decline-send = Jetzt ablehnen
changes-file = Als Datei speichern
changes-dismiss = Als erledigt ablegen
changes-hindered = Sie selbst könnten diese Änderung nicht machen.
changes-clash = Der Eintrag hat sich inzwischen geändert. Es wurde nichts geschrieben: Sehen Sie sich erst beide Fassungen an.
changes-not-done = Es wurde nichts geändert: { $why }.
changes-decided-already = Darüber ist schon entschieden. Es wurde nichts geändert.
