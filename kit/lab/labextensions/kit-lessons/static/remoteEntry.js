// The lessons as cards of JupyterLab's launcher. Written by hand, so that nothing has to be built: JupyterLab
// asks for a container with init and get (module federation), and lends its own modules to it. What the cards
// are and say is in the page's settings ("kitCards"), which `kit lab` writes; see kit/lab/launcher.py.
(() => {
  const NAME = "kit-lessons";
  let shared = {};

  /** Return a module that JupyterLab itself uses. */
  async function lent(name) {
    const versions = Object.values(shared[name] ?? {});
    const found = versions.find(one => one.loaded) ?? versions[0];
    return found ? (await found.get())() : {};
  }

  function settings() {
    const page = document.getElementById("jupyter-config-data");
    return JSON.parse((page && JSON.parse(page.textContent).kitCards) || "{}");
  }

  /** Show the lessons above what a class needs less often. */
  function lessonsFirst() {
    const style = document.createElement("style");
    style.textContent =
      ".jp-Launcher-content {display: flex; flex-direction: column} .jp-Launcher-section {order: 1}" +
      ' .jp-Launcher-section:has([data-category="kit"]) {order: 0}' +
      ' .jp-LauncherCard[data-category="kit"] {width: 15em; height: auto}' +
      ' .jp-LauncherCard[data-category="kit"] .jp-LauncherCard-label {height: auto}' +
      ' .jp-LauncherCard[data-category="kit"] .jp-LauncherCard-label p {height: auto; max-height: none;' +
      " -webkit-line-clamp: 4}";
    document.head.append(style);
  }

  /** Open a notebook; one that is a form is run at once. */
  async function open(app, path, run) {
    const panel = await app.commands.execute("docmanager:open", { path, factory: "Notebook" });
    if (!run || !panel) return;
    await panel.context.ready;
    await panel.sessionContext.ready;
    app.shell.activateById(panel.id);
    await app.commands.execute("notebook:run-all-cells");
  }

  /** Return which of several notebooks is meant: the only one, or the one that a person chooses. */
  async function chosen(card, words, InputDialog) {
    const labels = card.notebooks.map(one => one.label);
    if (labels.length < 2 || !InputDialog) return card.notebooks[0];
    const { value } = await InputDialog.getItem({
      title: card.title,
      label: words.depth,
      items: labels,
      okLabel: words.ok,
      cancelLabel: words.cancel
    });
    return card.notebooks[labels.indexOf(value)];
  }

  async function extension() {
    const [{ ILauncher }, { ICommandPalette, InputDialog }, icons] = await Promise.all(
      ["@jupyterlab/launcher", "@jupyterlab/apputils", "@jupyterlab/ui-components"].map(lent)
    );
    const activate = (app, launcher, palette) => {
      const { cards = [], words = {} } = settings();
      lessonsFirst();
      cards.forEach((card, rank) => {
        const command = `${NAME}:open-${rank}`;
        app.commands.addCommand(command, {
          label: card.title,
          caption: card.about,
          icon: card.run ? icons.editIcon : icons.notebookIcon,
          execute: async () => {
            const one = await chosen(card, words, InputDialog);
            if (one) await open(app, one.path, card.run);
          }
        });
        launcher.add({ command, category: "kit", rank });
        palette?.addItem({ command, category: "kit" });
      });
    };
    const plugin = {
      id: `${NAME}:cards`,
      description: "The lessons of kit as cards of the launcher.",
      autoStart: true,
      requires: [ILauncher],
      optional: [ICommandPalette],
      activate
    };
    const module = { __esModule: true, default: plugin };
    return () => module;
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = {
    init: scope => {
      shared = scope;
    },
    get: name => (name === "./extension" ? extension() : Promise.reject(new Error(name)))
  };
})();
