// What the pages do beyond links and forms. All of them work without it.
"use strict";

// An attribution's source, cue, content and note light up together where the pointer or the focus was last, until
// Escape: so that the pointer can go over to the note.
function joinAttributions(reading) {
  let joined = [];
  const join = (one) => {
    for (const element of joined) element.classList.remove("joined");
    joined = one ? [...reading.querySelectorAll(`[data-a="${one.dataset.a}"]`)] : [];
    for (const element of joined) element.classList.add("joined");
  };
  const joinAt = (event) => {
    const one = event.target instanceof Element ? event.target.closest("[data-a]") : null;
    if (one) join(one);
  };
  reading.addEventListener("pointerover", joinAt);
  reading.addEventListener("focusin", joinAt);
  reading.addEventListener("pointerleave", () => join(null));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") join(null);
  });
}

// Keys: C corrects the attribution that has the focus or is lit up, Ctrl+Z undoes the last correction that a page shows.
// Links and buttons do the same.
function takeKeys() {
  document.addEventListener("keydown", (event) => {
    const writing = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (writing || event.altKey || event.shiftKey) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key.toLowerCase() === "c" && !isCommand) {
      const one = (event.target instanceof Element && event.target.closest("[data-a]")) || document.querySelector("[data-a].joined");
      const link = one && document.querySelector(`.note[data-a="${one.dataset.a}"] [data-correct]`);
      if (link) location.assign(link.href);
    }
    if (event.key.toLowerCase() === "z" && isCommand) {
      const form = document.querySelector("form[data-undo]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
    }
  });
}

// A job's state and numbers are renewed in their place; when all is over, the whole page once.
async function followProgress(list) {
  const address = `/adding.json${location.search}`;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    let view;
    try {
      view = await (await fetch(address)).json();
    } catch {
      continue; // the server may be busy, or gone: the page stays as it is
    }
    if (view.is_over || view.error || view.jobs.some((job) => !list.querySelector(`[data-job="${job.id}"]`))) {
      location.reload();
      return;
    }
    for (const job of view.jobs) {
      const section = list.querySelector(`[data-job="${job.id}"]`);
      if (section.dataset.state !== job.state) {
        section.dataset.state = job.state;
        section.querySelector("[data-words]").textContent = JSON.parse(list.dataset.progress)[job.state];
      }
      section.querySelector("[data-read]").textContent = job.read;
      section.querySelector("[data-added]").textContent = job.added;
      const bar = section.querySelector("progress");
      bar.hidden = job.state !== "tracing";
      bar.max = job.behind || 1;
      bar.value = job.traced;
    }
  }
}

// Files that are dropped anywhere on the start page are added.
function takeDroppedFiles(form) {
  const hint = form.querySelector("[data-drop-hint]");
  hint.hidden = false;
  const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dragging");
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("dragging");
    form.querySelector("input[type=file]").files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

// A citation is copied by a button. Without it, it can be marked and copied by hand.
function copyOnClick(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    let done = false;
    try {
      await navigator.clipboard.writeText(field.value);
      done = true;
    } catch {
      done = document.execCommand("copy"); // where the page is not trusted with the clipboard
    }
    document.getElementById("copied").textContent = done ? "Copied." : "Marked: copy it with the keyboard.";
  });
}

takeKeys();
for (const reading of document.querySelectorAll(".reading")) joinAttributions(reading);
for (const list of document.querySelectorAll("[data-progress]")) followProgress(list);
for (const form of document.querySelectorAll("form[data-drop]")) takeDroppedFiles(form);
for (const button of document.querySelectorAll("[data-copy]")) copyOnClick(button);
