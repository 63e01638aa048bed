const form = document.querySelector("#add");
const list = document.querySelector("#notes");
const usage = document.querySelector("#usage");

async function show(tenant) {
  const notes = await (await fetch(`/t/${tenant}/api/notes`)).json();
  list.replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement("li");
      item.textContent = note.text;
      return item;
    }),
  );
  const used = await (await fetch(`/t/${tenant}/usage`)).json();
  usage.textContent = `${used.notes} notes counted`;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { tenant, text } = Object.fromEntries(new FormData(form));
  await fetch(`/t/${tenant}/api/notes`, { method: "POST", body: JSON.stringify({ text }) });
  form.elements.text.value = "";
  await show(tenant);
});

await show(form.elements.tenant.value);
