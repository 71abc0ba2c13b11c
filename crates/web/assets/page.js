// Makes pages faster; none needs it.
"use strict";

document.documentElement.classList.add("scripted");

// A log-in tells the time zone, so that times are shown in it.
for (const field of document.querySelectorAll("[data-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

// The Share page: finds while one types, and says what each choice means. It asks the server for the page that the
// form makes and takes over its parts, so that there is one place that knows.
const share = document.querySelector("[data-share]");
if (share) {
  let asked = null;

  const page = async (button) => {
    asked?.abort();
    asked = new AbortController();
    const form = new URLSearchParams(new FormData(share));
    form.set("do", button);
    const answer = await fetch(location.pathname, { method: "POST", body: form, signal: asked.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const takeOver = (fresh) => {
    for (const part of share.querySelectorAll("[data-live]")) {
      const other = fresh.getElementById(part.id);
      if (other) part.innerHTML = other.innerHTML;
    }
  };

  share.addEventListener("change", async (event) => {
    if (event.target.name === "pick" || event.target.type === "search") return;
    try {
      takeOver(await page("preview"));
    } catch {
      // A later choice asks again, and saving shows what changes in any case.
    }
  });

  share.addEventListener("submit", async (event) => {
    const button = event.submitter?.value || "find";
    if (button === "save") return;
    event.preventDefault();
    const focus = document.activeElement?.id;
    try {
      const fresh = (await page(button)).querySelector("[data-share]");
      share.replaceChildren(...fresh.childNodes);
      const wanted = document.getElementById(focus) || document.getElementById("list-title");
      if (wanted && !wanted.matches("button, input, select, a")) wanted.tabIndex = -1;
      wanted?.focus({ preventScroll: wanted.id !== "list-title" });
    } catch (error) {
      if (error.name !== "AbortError") share.submit();
    }
  });

  let finding = null;
  share.addEventListener("input", async (event) => {
    const into = event.target.dataset?.find;
    if (!into) return;
    finding?.abort();
    finding = new AbortController();
    const list = document.getElementById(into);
    const picked = [...list.querySelectorAll("input:checked:enabled")].map((box) => box.closest("li"));
    const query = new URLSearchParams({ [event.target.name]: event.target.value });
    try {
      const answer = await fetch(`/find?${query}`, { signal: finding.signal });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      const there = new Set([...share.querySelectorAll("input[name^='who.']")].map((field) => field.value));
      for (const box of fresh.querySelectorAll("input[name=pick]")) {
        if (there.has(box.value)) box.checked = box.disabled = true;
      }
      for (const item of picked) {
        const value = item.querySelector("input").value;
        const twin = [...fresh.querySelectorAll("input[name=pick]")].find((box) => box.value === value);
        if (twin) twin.checked = true;
        else {
          let all = fresh.querySelector("ul");
          if (!all) fresh.append((all = Object.assign(document.createElement("ul"), { className: "picks" })));
          all.prepend(item);
        }
      }
      const checked = new Set([...fresh.querySelectorAll("input:checked")].map((box) => box.value));
      list.innerHTML = fresh.innerHTML;
      for (const box of list.querySelectorAll("input[name=pick]")) box.checked = checked.has(box.value);
    } catch {
      // The next letter asks again.
    }
  });
}
